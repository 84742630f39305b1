import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { Driver } from './drivers.ts';
import { freePort } from './free-port.ts';
import { postgresDirectory } from './paths.ts';
import { PostgresServer } from './postgres-server.ts';
import { waitFor } from './wait.ts';

/** One of the two servers. A copy of the other server has its users and passwords. */
class Node extends PostgresServer {
  protected override readonly password = 'pair';

  constructor(port: number) {
    super(port, {});
  }

  /** Becomes a standby of the primary, with a new copy of its data. */
  async follow(primary: Node): Promise<void> {
    await rm(this.dataDirectory, { recursive: true, force: true });
    const source = ['--dbname', `${primary.url}/postgres`, '--checkpoint=fast', '--wal-method=stream', '--no-sync'];
    await this.run(join(postgresDirectory(), 'pg_basebackup'), [
      '--pgdata',
      this.dataDirectory,
      '--write-recovery-conf',
      ...source,
    ]);
    await this.start();
  }

  async query(text: string): Promise<readonly Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: `${this.url}/postgres` });
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  }
}

/**
 * A Postgres primary and a standby that confirms its commits. The failover has the steps of an
 * administrator or of an administrator's tool: it makes sure that the old primary has ended,
 * promotes the standby, and starts the old primary again as a standby of the new one.
 */
export class PostgresPair {
  #primary: Node;
  #standby: Node;
  /** The order of the addresses is fixed. */
  readonly #ports: readonly number[];

  private constructor(primary: Node, standby: Node) {
    this.#primary = primary;
    this.#standby = standby;
    this.#ports = [primary.port, standby.port];
  }

  static async start(): Promise<PostgresPair> {
    const pair = new PostgresPair(new Node(await freePort()), new Node(await freePort()));
    try {
      await pair.#primary.prepare();
      await pair.#primary.start();
      await pair.#pairUp();
      return pair;
    } catch (error) {
      await pair.remove();
      throw error;
    }
  }

  /** tine with both addresses, the first primary's first. */
  get driver(): Driver {
    const hosts = this.#ports.map((port) => `127.0.0.1:${port}`).join();
    const [, user = ''] = /\/\/(.*)@/.exec(this.#primary.url) ?? [];
    return {
      name: 'postgres-pair',
      kind: 'tine',
      dialect: 'postgres',
      isFile: false,
      storageArguments: () => ['--endpoint', `postgres://${user}@${hosts}/pair`],
      dropStorage: async () => {},
    };
  }

  get primaryUrl(): string {
    return this.#primary.url;
  }

  get standbyUrl(): string {
    return this.#standby.url;
  }

  /** Runs a statement on the primary, without tine. */
  query(text: string): Promise<readonly Record<string, unknown>[]> {
    return this.#primary.query(text);
  }

  /** SIGKILL to all of its processes. */
  killPrimary(): Promise<void> {
    return this.#primary.kill();
  }

  /** Starts the primary again, with or without its standby. */
  startPrimary(): Promise<void> {
    return this.#primary.start();
  }

  killStandby(): Promise<void> {
    return this.#standby.kill();
  }

  startStandby(): Promise<void> {
    return this.#standby.start();
  }

  /** Promotes the standby. The new primary does not wait for a standby until it has one. */
  async promote(): Promise<void> {
    await this.#standby.query('SELECT pg_promote()');
    [this.#primary, this.#standby] = [this.#standby, this.#primary];
  }

  /** Starts the replaced server unchanged: as a primary that waits for a standby. */
  startReplaced(): Promise<void> {
    return this.#standby.start();
  }

  killReplaced(): Promise<void> {
    return this.#standby.kill();
  }

  /** Makes the replaced server, which is stopped, the standby. */
  rejoin(): Promise<void> {
    return this.#pairUp();
  }

  async remove(): Promise<void> {
    await this.#standby.remove();
    await this.#primary.remove();
  }

  async #pairUp(): Promise<void> {
    const primary = this.#primary;
    // The copy does not have this setting: a server promoted alone must not wait for a standby.
    await primary.query('ALTER SYSTEM RESET synchronous_standby_names');
    await this.#standby.follow(primary);
    await primary.query(`ALTER SYSTEM SET synchronous_standby_names = '*'`);
    await primary.query('SELECT pg_reload_conf()');
    await waitFor(
      'the standby to confirm commits',
      async () => (await primary.query(`SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'`)).length > 0,
    );
  }
}
