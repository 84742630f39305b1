import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { childEnvironment } from './child-environment.ts';
import { EtcdClient } from './client.ts';
import type { Driver } from './drivers.ts';
import { type Exit, exitOf } from './exit.ts';
import { freePort } from './free-port.ts';
import { etcdProgram, kineProgram, tineProgram } from './paths.ts';
import { onSmallDisk } from './small-disk.ts';
import { leaveStorage, useStorage } from './storage-users.ts';
import { type SyncFault, withSyncFault } from './sync-fault.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { waitFor, within } from './wait.ts';

export interface ServerOptions {
  readonly driver: Driver;
  /** More arguments, after the ones every server gets. */
  readonly arguments?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * An existing directory for the data: of a second instance, or prepared by the test. It is not
   * removed.
   */
  readonly dataDirectory?: string;
  readonly port?: number;
  /** No file of the server may become larger. For a program this is the same as a full disk. */
  readonly fileBytesMax?: number;
  /** How many files and connections the server may have open. */
  readonly openFilesMax?: number;
  /** The data is on a separate disk of this size, which is removed with the process. */
  readonly diskBytes?: number;
  /** How syncs of files behave in this process. */
  readonly syncFault?: SyncFault;
  /** How long the server may take until it answers. */
  readonly startTimeoutMs?: number;
}

const startTimeoutMsDefault = 30_000;
const stopTimeoutMs = 20_000;
const portAttemptCountMax = 5;

/**
 * A server process on 127.0.0.1, with its port and data directory, which both stay over `kill` and
 * `start`.
 */
export class Server {
  readonly driver: Driver;
  readonly port: number;
  readonly dataDirectory: string;
  readonly #options: ServerOptions;
  readonly #directory: string;
  #child: ChildProcess | undefined;
  #exit: Promise<Exit> | undefined;
  #left: Promise<void> | undefined;

  private constructor(options: ServerOptions, port: number) {
    this.driver = options.driver;
    this.port = port;
    this.#options = options;
    this.#directory = temporaryDirectory();
    this.dataDirectory = options.dataDirectory ?? join(this.#directory, 'data');
    mkdirSync(this.dataDirectory, { recursive: true, mode: 0o700 });
    useStorage(this.dataDirectory);
  }

  /**
   * Starts a server and waits until it answers. If another program takes the port between choice
   * and use, another port is chosen.
   */
  static async start(options: ServerOptions): Promise<Server> {
    for (let attempt = 1; ; attempt += 1) {
      const server = new Server(options, options.port ?? (await freePort()));
      try {
        await server.start();
        return server;
      } catch (error) {
        const portLost = /address (already )?in use|EADDRINUSE/i.test(server.log());
        await server.remove();
        if (options.port !== undefined || !portLost || attempt === portAttemptCountMax) throw error;
      }
    }
  }

  /** `127.0.0.1:PORT`, as gRPC clients take it. */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** `http://127.0.0.1:PORT`. */
  get url(): string {
    return `http://${this.address}`;
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error('the server is not running');
    return pid;
  }

  /** The command line that starts this server, program first. */
  get command(): string[] {
    const urls = ['--listen-client-urls', this.url, '--advertise-client-urls', this.url];
    const storage = this.driver.storageArguments(this.dataDirectory);
    const extra = this.#options.arguments ?? [];
    if (this.driver.kind === 'etcd') {
      return [etcdProgram(), ...storage, ...urls, ...etcdPeerArguments, '--log-level', 'warn', ...extra];
    }
    if (this.driver.kind === 'kine') {
      return [
        required(kineProgram()),
        ...storage,
        '--listen-address',
        this.url,
        '--metrics-bind-address',
        '0',
        ...extra,
      ];
    }
    return [tineProgram(), ...storage, ...urls, '--log-level', 'info', ...extra];
  }

  /**
   * A shell that sets the limit and becomes the server. It counts the size of a file in blocks of
   * 512 bytes.
   */
  get #limitingCommand(): string[] {
    const { fileBytesMax, openFilesMax, diskBytes, syncFault } = this.#options;
    if (syncFault !== undefined) return withSyncFault(syncFault);
    if (diskBytes !== undefined) return onSmallDisk({ directory: this.dataDirectory, bytes: diskBytes });
    if (openFilesMax !== undefined) return ['sh', '-c', 'ulimit -n "$0" && exec "$@"', `${openFilesMax}`];
    if (fileBytesMax === undefined) return [];
    return ['sh', '-c', 'ulimit -f "$0" && exec "$@"', `${Math.ceil(fileBytesMax / 512)}`];
  }

  /** Starts the process again after `stop` or `kill`, on the same port and directory. */
  async start(): Promise<void> {
    if (this.#child !== undefined) throw new Error('the server is running already');
    const [program, ...commandArguments] = [...this.#limitingCommand, ...this.command];
    if (program === undefined) throw new Error('a command has a program');
    const log = openSync(this.#logPath, 'a');
    const child = spawn(program, commandArguments, {
      stdio: ['ignore', log, log],
      env: childEnvironment(this.#options.environment),
    });
    closeSync(log);
    this.#child = child;
    this.#exit = exitOf(child);
    await this.#untilAnswering();
  }

  /** Sends SIGTERM and waits for the exit. */
  async stop(): Promise<Exit> {
    return this.#end('SIGTERM');
  }

  /** Sends SIGKILL, which has the effect of a power cut on the process. */
  async kill(): Promise<Exit> {
    return this.#end('SIGKILL');
  }

  /** Sends a signal without waiting. */
  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** Waits for the process to end by itself or by an earlier signal. */
  async exited(timeoutMs = stopTimeoutMs): Promise<Exit> {
    if (this.#exit === undefined) throw new Error('the server is not running');
    const exit = await within(timeoutMs, `${this.driver.name} on port ${this.port} to end`, this.#exit);
    this.#child = undefined;
    this.#exit = undefined;
    return exit;
  }

  /**
   * Ends the process and removes everything that the server left behind, also its database when no
   * other server of this test uses it.
   */
  async remove(): Promise<void> {
    if (this.#child !== undefined) await this.kill();
    await this.#leaveStorage();
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** Everything the process printed, over all its starts. */
  log(): string {
    return existsSync(this.#logPath) ? readFileSync(this.#logPath, 'utf8') : '';
  }

  get #logPath(): string {
    return join(this.#directory, 'server.log');
  }

  /** Takes effect once, however often the server is removed. */
  #leaveStorage(): Promise<void> {
    this.#left ??= leaveStorage(
      this.driver,
      this.dataDirectory,
      this.#options.dataDirectory === undefined ? 'owner' : 'guest',
    );
    return this.#left;
  }

  async #end(signal: NodeJS.Signals): Promise<Exit> {
    this.signal(signal);
    return this.exited();
  }

  async #untilAnswering(): Promise<void> {
    const exit = this.#exit?.then((how) => {
      this.#child = undefined;
      throw new Error(`${this.driver.name} ended (${how.status ?? how.signal}) before it answered:\n${this.log()}`);
    });
    const timeoutMs = this.#options.startTimeoutMs ?? startTimeoutMsDefault;
    const abort = new AbortController();
    const answering = waitFor('an answer', () => this.#isHealthy(abort.signal), { timeoutMs });
    try {
      await Promise.race([answering, exit]);
    } catch (error) {
      throw new Error(`${this.command.join(' ')}\n${(error as Error).message}\n${this.log()}`, { cause: error });
    } finally {
      abort.abort();
      exit?.catch(() => {});
      answering.catch(() => {});
    }
  }

  async #isHealthy(abort: AbortSignal): Promise<boolean> {
    abort.throwIfAborted();
    return this.driver.kind === 'kine' ? servesGrpc(this.address) : servesHealth(this.url);
  }
}

/** A peer port: etcd needs one, takes any free port, and never connects to it. */
const etcdPeerArguments = [
  '--listen-peer-urls',
  'http://127.0.0.1:0',
  '--initial-advertise-peer-urls',
  'http://127.0.0.1:1',
  '--initial-cluster',
  'default=http://127.0.0.1:1',
];

async function servesHealth(url: string): Promise<boolean> {
  try {
    // The check does not wait for alarms to end.
    const reply = await fetch(`${url}/health?exclude=NOSPACE&exclude=CORRUPT`, { signal: AbortSignal.timeout(2_000) });
    await reply.arrayBuffer();
    return reply.ok;
  } catch {
    return false;
  }
}

/** kine has no health check over HTTP. */
async function servesGrpc(address: string): Promise<boolean> {
  const client = new EtcdClient(address);
  try {
    await client.range({ key: '/registry/health' }, { deadlineMs: 1_000 });
    return true;
  } catch {
    return false;
  } finally {
    client.close();
  }
}

function required(program: string | undefined): string {
  if (program === undefined) throw new Error('kine is not on this machine');
  return program;
}
