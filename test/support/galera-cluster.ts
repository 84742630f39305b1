import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { drawnPassword } from './database-server.ts';
import { freePort } from './free-port.ts';
import { galeraLibrary, galeraScripts, schedulingLibrary } from './galera-package.ts';
import { MariadbServer } from './mariadb-server.ts';
import { mariadbProgram } from './paths.ts';
import { waitFor } from './wait.ts';

/** Timeouts that detect dead nodes quickly; the defaults are three times as long. */
const provider = {
  'evs.keepalive_period': 'PT0.5S',
  'evs.suspect_timeout': 'PT2S',
  'evs.inactive_timeout': 'PT8S',
  'gcache.size': '64M',
};

const settingsOfNodes = {
  binlog_format: 'ROW',
  innodb_autoinc_lock_mode: '2',
  default_storage_engine: 'InnoDB',
  innodb_buffer_pool_size: '64M',
  // As the guide advises: with the default of 50 s a node sometimes stops for so long.
  innodb_lock_wait_timeout: '3',
  wsrep_on: 'ON',
  wsrep_cluster_name: 'tine',
  wsrep_node_address: '127.0.0.1',
  wsrep_sst_method: 'rsync',
};

/** A node copies all of another one's data at its first start. */
const joinTimeoutMs = 60_000;
const nodeCountDefault = 3;

/** SQL for the start of a server that already has its accounts. */
const nothing = 'DO 0;\n';

interface Ports {
  readonly group: number;
  readonly incremental: number;
  readonly whole: number;
}

/**
 * One MariaDB of a Galera cluster. `kill` and `start` make it leave and rejoin. It gets the missed
 * writes from the others.
 */
export class GaleraNode extends MariadbServer {
  readonly #index: number;
  readonly #ports: Ports;
  readonly #groupPorts: readonly number[];
  #isFirstOfCluster = false;
  #position: string | undefined;
  #preloaded: string | undefined;

  constructor(port: number, index: number, ports: readonly Ports[], password: string) {
    super(port, { password });
    this.#index = index;
    this.#ports = ports[index] as Ports;
    this.#groupPorts = ports.map(({ group }) => group);
  }

  /** Starts the first node of a new cluster. */
  async bootstrap(): Promise<void> {
    this.#isFirstOfCluster = true;
    try {
      await this.start();
    } finally {
      this.#isFirstOfCluster = false;
    }
    // At its next start the node joins, and its accounts exist already.
    this.writeSecret('init.sql', nothing);
  }

  /** Starts the node and waits until it serves as a member of the cluster. */
  override async start(): Promise<void> {
    this.#position = await this.#recoveredPosition();
    try {
      await super.start();
    } catch (error) {
      if (this.#preloaded !== undefined || !this.log().includes('Failed to set thread schedparams')) throw error;
      this.#preloaded = this.give(await schedulingLibrary());
      await super.start();
    }
    await waitFor('the node to be synced', async () => (await this.state()) === 'Synced', { timeoutMs: joinTimeoutMs });
  }

  /**
   * Isolates the node, or reconnects it: an isolated node drops all packets from and to the others.
   */
  async isolate(isIsolated: boolean): Promise<void> {
    await this.query(`SET GLOBAL wsrep_provider_options = 'gmcast.isolate=${isIsolated ? 1 : 0}'`);
  }

  /** The state that the node reports: Synced, Donor/Desynced, Joined, Initialized, ... */
  async state(): Promise<string> {
    const [row] = await this.query(
      "SELECT variable_value AS value FROM information_schema.global_status WHERE variable_name = 'wsrep_local_state_comment'",
    );
    return String(row?.value);
  }

  /** Runs a statement as the test's user; it does not wait for the other nodes. */
  async query(sql: string): Promise<readonly RowDataPacket[]> {
    const { user, password, port } = this;
    const connection = await createConnection({ host: '127.0.0.1', port, user, password });
    try {
      const [rows] = await connection.query(sql);
      return Array.isArray(rows) ? (rows as RowDataPacket[]) : [];
    } finally {
      connection.destroy();
    }
  }

  /** A node that joins gets its accounts, as everything else, from another one. */
  override async prepare(): Promise<void> {
    await super.prepare();
    for (const script of galeraScripts()) this.give(script);
    if (this.#index > 0) this.writeSecret('init.sql', nothing);
  }

  protected override get environment(): Record<string, string> {
    const path = `${this.directory}:${process.env.PATH}`;
    return this.#preloaded === undefined ? { PATH: path } : { PATH: path, LD_PRELOAD: this.#preloaded };
  }

  protected override command(settings: Readonly<Record<string, string>>): string[] {
    const { group, incremental, whole } = this.#ports;
    const options = {
      ...provider,
      base_port: group,
      'gmcast.listen_addr': `tcp://127.0.0.1:${group}`,
      'ist.recv_addr': `127.0.0.1:${incremental}`,
    };
    const all = {
      ...settingsOfNodes,
      wsrep_provider: galeraLibrary(),
      wsrep_node_name: `node${this.#index}`,
      wsrep_cluster_address: `gcomm://${this.#groupPorts.map((port) => `127.0.0.1:${port}`).join()}`,
      wsrep_sst_receive_address: `127.0.0.1:${whole}`,
      wsrep_provider_options: Object.entries(options)
        .map(([name, value]) => `${name}=${value}`)
        .join(';'),
      ...(this.#position === undefined ? {} : { wsrep_start_position: this.#position }),
      ...settings,
    };
    return [...super.command(all), ...(this.#isFirstOfCluster ? ['--wsrep-new-cluster'] : [])];
  }

  /** A loader ignores what is preloaded for a program with capabilities; a copy has none. */
  protected override get program(): string {
    if (this.#preloaded === undefined) return super.program;
    return this.give(mariadbProgram('mariadbd'));
  }

  /**
   * The position of the node when it was killed, from which it catches up. Undefined at the first
   * start.
   */
  async #recoveredPosition(): Promise<string | undefined> {
    if (!existsSync(join(this.dataDirectory, 'grastate.dat'))) return undefined;
    const [program = '', ...options] = this.command({ log_error: join(this.directory, 'recovery.log') });
    await this.run(program, [...options, '--wsrep-recover']);
    const log = await this.run('cat', [join(this.directory, 'recovery.log')]);
    return /Recovered position: (\S+)/.exec(log.slice(log.lastIndexOf('Recovered position')))?.[1];
  }
}

/** MariaDB servers that replicate to each other with Galera: each takes reads and writes. */
export class GaleraCluster {
  readonly nodes: readonly GaleraNode[];

  private constructor(nodes: readonly GaleraNode[]) {
    this.nodes = nodes;
  }

  /** Makes a new cluster and starts its nodes one after the other: about ten seconds. */
  static async start(nodeCount = nodeCountDefault): Promise<GaleraCluster> {
    const ports = await Promise.all(
      Array.from({ length: nodeCount }, async () => ({
        group: await freePort(),
        incremental: await freePort(),
        whole: await freePort(),
      })),
    );
    const password = drawnPassword();
    const nodes = await Promise.all(
      ports.map(async (_, index) => new GaleraNode(await freePort(), index, ports, password)),
    );
    const cluster = new GaleraCluster(nodes);
    try {
      for (const [index, node] of nodes.entries()) {
        await node.prepare();
        await (index === 0 ? node.bootstrap() : node.start());
      }
    } catch (error) {
      await cluster.remove();
      throw error;
    }
    return cluster;
  }

  /**
   * The nodes as `--endpoint` takes them, without a database name. The given node is the first of
   * the list.
   */
  urlFrom(first: number): string {
    const ordered = [...this.nodes.slice(first), ...this.nodes.slice(0, first)];
    const hosts = ordered.map(({ port }) => `127.0.0.1:${port}`).join();
    return this.nodes[first]?.url.replace(/tcp\([^)]*\)/, `tcp(${hosts})`) ?? '';
  }

  async remove(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.remove()));
  }
}

/** A cluster that the tests of a file share. It exists while they run. */
export function sharedCluster(): () => GaleraCluster {
  let cluster: GaleraCluster | undefined;
  before(async () => {
    cluster = await GaleraCluster.start();
  });
  after(() => cluster?.remove());
  return () => {
    if (cluster === undefined) throw new Error('the cluster of this file runs only while its tests run');
    return cluster;
  };
}
