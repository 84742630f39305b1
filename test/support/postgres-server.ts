import { join } from 'node:path';
import pg from 'pg';
import { DatabaseServer, type DatabaseServerOptions, startOnFreePort } from './database-server.ts';
import { postgresDirectory } from './paths.ts';

/** Commits are durable, as by default: tests kill the server. */
const settingsOfTests = {
  listen_addresses: '127.0.0.1',
  // Three servers of a dozen connections each, for every test file that runs at a time, and a
  // reserve.
  max_connections: '300',
};

/** A Postgres for tests, from Debian's packages. */
export class PostgresServer extends DatabaseServer {
  protected readonly stopSignal = 'SIGINT';
  protected readonly programs = postgresDirectory();

  /** Makes a new server and starts it, which takes a second or two. */
  static start(options: DatabaseServerOptions = {}): Promise<PostgresServer> {
    return startOnFreePort((port) => new PostgresServer(port, options));
  }

  get url(): string {
    return `postgres://${this.user}:${this.password}@127.0.0.1:${this.port}`;
  }

  override async prepare(): Promise<void> {
    const initdb = join(this.programs, 'initdb');
    // From version 15 on with the collation of a language, so that a comparison not by bytes is
    // found.
    const knowsIcu = (await this.run(initdb, ['--help'])).includes('--icu-locale');
    await this.run(initdb, [
      `--pgdata=${this.dataDirectory}`,
      '--no-sync',
      `--username=${this.user}`,
      `--pwfile=${this.writeSecret('password', this.password)}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C.UTF-8',
      ...(knowsIcu ? ['--locale-provider=icu', '--icu-locale=en-US'] : []),
    ]);
  }

  /** Restarts the server as a standby without a primary. Its data stays as it is. */
  async restartAsStandby(): Promise<void> {
    await this.stop();
    await this.run('touch', [join(this.dataDirectory, 'standby.signal')]);
    await this.start();
  }

  /** Promotes a standby. */
  async promote(): Promise<void> {
    await this.run(join(this.programs, 'pg_ctl'), ['promote', '--pgdata', this.dataDirectory]);
  }

  protected override command(settings: Readonly<Record<string, string>>): string[] {
    const all = { ...settingsOfTests, port: `${this.port}`, unix_socket_directories: this.directory, ...settings };
    const options = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    return [join(this.programs, 'postgres'), '-D', this.dataDirectory, ...options];
  }

  protected override async connect(): Promise<void> {
    const client = new pg.Client({ connectionString: `${this.url}/postgres` });
    client.on('error', () => {});
    await client.connect();
    await client.end();
  }
}

/**
 * A standby that follows a primary by streaming replication. Users and passwords are the primary's.
 */
export class PostgresStandby extends PostgresServer {
  readonly #primary: PostgresServer;

  private constructor(port: number, primary: PostgresServer) {
    super(port, {});
    this.#primary = primary;
  }

  static follow(primary: PostgresServer): Promise<PostgresStandby> {
    return startOnFreePort((port) => new PostgresStandby(port, primary));
  }

  override get url(): string {
    const url = new URL(this.#primary.url);
    url.port = `${this.port}`;
    return url.href;
  }

  override async prepare(): Promise<void> {
    await this.run(join(this.programs, 'pg_basebackup'), [
      `--dbname=${this.#primary.url}/postgres`,
      `--pgdata=${this.dataDirectory}`,
      '--write-recovery-conf',
      '--wal-method=stream',
      '--checkpoint=fast',
      '--no-sync',
    ]);
  }
}
