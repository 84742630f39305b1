import { execFile } from 'node:child_process';
import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { mysqlDatabases, postgresDatabases, type SqlDatabases } from '../../test/support/sql-database.ts';
import { temporaryDirectory } from '../../test/support/temporary-directory.ts';
import { Connection } from '../load/connection.ts';
import type { Options } from '../load/options.ts';
import { Threads } from '../load/threads.ts';
import { type Bar, barLine } from './bar.ts';
import { type Fill, fillDatabase } from './database-file.ts';
import type { ScaleOptions } from './options.ts';
import { databasePath, TineServer, tineProgram } from './tine-server.ts';

/**
 * The tools of the scenarios: servers, files and clients, which are removed afterwards, and the
 * place where results go.
 */
export class Bench {
  /** 1: everything. Less: a quick look, with that part of the rows. */
  readonly #fraction: number;
  readonly #nodeOptions: string;
  /** The databases of the database server. Undefined: the databases are files. */
  readonly #databases: SqlDatabases | undefined;
  readonly #root = temporaryDirectory();
  readonly #made = new Map<string, Promise<string>>();
  /** Functions that end what the scenario opened. */
  #open: (() => Promise<void>)[] = [];
  #servers: TineServer[] = [];
  #directoryCount = 0;
  failedCount = 0;

  constructor({ fraction, nodeOptions, endpoint }: Pick<ScaleOptions, 'fraction' | 'nodeOptions' | 'endpoint'>) {
    this.#fraction = fraction;
    this.#nodeOptions = nodeOptions;
    this.#databases = databasesOn(endpoint);
  }

  /** Scales a number of rows, keys or seconds to the size of this run. */
  sized(count: number): number {
    return Math.max(1, Math.round(count * this.#fraction));
  }

  report(bar: Bar): void {
    console.log(barLine(bar));
    if (!bar.passed) this.failedCount += 1;
  }

  /** Prints a figure that has no bar. */
  note(text: string): void {
    console.log(`      ${text}`);
  }

  /**
   * A data directory whose database holds the rows. Equal rows are generated once and copied for
   * each further call.
   */
  async dataDirectory(fills: readonly Fill[] = []): Promise<string> {
    const directory = await this.#newDirectory();
    if (fills.length === 0) return directory;
    const name = JSON.stringify(fills);
    const made = this.#made.get(name) ?? this.#filledDirectory(fills);
    this.#made.set(name, made);
    if (this.#databases === undefined) await cp(databasePath(await made), databasePath(directory));
    else await this.#copy(await made, this.#databases.endpoint(directory));
    return directory;
  }

  async server(dataDirectory: string): Promise<TineServer> {
    const endpoint = this.#databases?.endpoint(dataDirectory);
    const server = await TineServer.start(dataDirectory, { endpoint, nodeOptions: this.#nodeOptions });
    this.#servers.push(server);
    this.closeLater(() => server.end('SIGTERM'));
    return server;
  }

  async connections(server: TineServer, count: number): Promise<Connection[]> {
    const connections = await Promise.all(Array.from({ length: count }, () => Connection.open(server.address)));
    this.closeLater(async () => {
      for (const connection of connections) connection.close();
    });
    return connections;
  }

  /** The load generator's threads. Default: 64 clients with values of 1 KiB. */
  load(options: Pick<Options, 'prefix' | 'keyCount'> & Partial<Options>): Threads {
    const threads = new Threads({ ...loadDefaults, ...options });
    this.closeLater(() => threads.stop());
    return threads;
  }

  /** Registers a function that `endScenario` calls. */
  closeLater(close: () => Promise<void>): void {
    this.#open.push(close);
  }

  /** The process ids of the running servers. */
  get serverIds(): number[] {
    return this.#servers.map((server) => server.pid);
  }

  /** Ends everything that the scenario opened, the last first. */
  async endScenario(): Promise<void> {
    this.#servers = [];
    for (const close of this.#open.reverse()) await close();
    this.#open = [];
  }

  async close(): Promise<void> {
    await this.endScenario();
    for (let index = 0; index < this.#directoryCount; index += 1) await this.#databases?.drop(this.#directory(index));
    await rm(this.#root, { recursive: true, force: true });
  }

  async #newDirectory(): Promise<string> {
    const directory = this.#directory(this.#directoryCount++);
    await mkdir(directory);
    return directory;
  }

  #directory(index: number): string {
    return join(this.#root, String(index));
  }

  /** Copies the rows of a file into a database, with tine's own command. */
  async #copy(directory: string, endpoint: string): Promise<void> {
    const begin = performance.now();
    const from = `sqlite://${databasePath(directory)}`;
    await promisify(execFile)(tineProgram, ['copy', '--from', from, '--to', endpoint]);
    this.note(`copied it to the server in ${((performance.now() - begin) / 1000).toFixed(0)} s`);
  }

  async #filledDirectory(fills: readonly Fill[]): Promise<string> {
    const directory = await this.#newDirectory();
    const begin = performance.now();
    await (await TineServer.start(directory)).end('SIGTERM');
    fillDatabase(databasePath(directory), fills);
    const rowCount = fills.reduce((sum, { keyCount, revisionCount }) => sum + keyCount * revisionCount, 0);
    this.note(`made a database of ${rowCount} rows in ${((performance.now() - begin) / 1000).toFixed(0)} s`);
    return directory;
  }
}

function databasesOn(endpoint: string | undefined): SqlDatabases | undefined {
  if (endpoint === undefined) return undefined;
  return endpoint.startsWith('mysql') ? mysqlDatabases(() => endpoint) : postgresDatabases(() => endpoint);
}

const loadDefaults: Omit<Options, 'prefix' | 'keyCount'> = {
  targets: [],
  tls: { caFile: undefined, certFile: undefined, keyFile: undefined },
  phases: [],
  valueBytes: 1024,
  clientCount: 64,
  connectionCount: 8,
  roundCount: 1,
  phaseSeconds: 2,
  threadCount: 2,
  user: undefined,
};
