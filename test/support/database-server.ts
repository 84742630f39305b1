import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { childEnvironment } from './child-environment.ts';
import { type Exit, exitOf } from './exit.ts';
import { freePort } from './free-port.ts';
import { killWithChildren } from './process-tree.ts';
import { Ballast, KeptDisk } from './small-disk.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { waitFor, within } from './wait.ts';

export interface DatabaseServerOptions {
  /**
   * Settings of the server by their own names. They override the settings that every test server
   * has.
   */
  readonly settings?: Readonly<Record<string, string>>;
  /** Variables of the server's process. They override the variables that every test server has. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Mounts a small disk of this size at `diskDirectory`. */
  readonly diskBytes?: number;
  /** The password of the server's own user. Default: a random one. */
  readonly password?: string;
}

const startTimeoutMs = 30_000;
const stopTimeoutMs = 30_000;
const portAttemptCountMax = 5;

/** Databases refuse to run as root, so they run as Debian's `nobody` and `nogroup`. */
const nobody = { uid: 65_534, gid: 65_534 };
const unprivileged = process.getuid?.() === 0 ? nobody : undefined;

const runFile = promisify(execFile);

/**
 * A database server for tests on 127.0.0.1, with its data in a temporary directory. The port, the
 * directory and committed data stay the same over `stop`, `kill` and `start`. The server is removed
 * after the test process, however that ends.
 */
export abstract class DatabaseServer {
  readonly port: number;
  /** Data, log and socket. */
  readonly directory: string;
  /** The server's own user, who has all rights in the server. */
  protected readonly user = 'tine';
  protected readonly password: string;
  readonly #settings: Readonly<Record<string, string>>;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #diskBytes: number | undefined;
  #disk: KeptDisk | undefined;
  #child: ChildProcess | undefined;
  #exit: Promise<Exit> | undefined;

  protected constructor(
    port: number,
    { settings = {}, environment = {}, diskBytes, password = drawnPassword() }: DatabaseServerOptions,
  ) {
    this.port = port;
    this.password = password;
    this.#settings = settings;
    this.#environment = environment;
    this.#diskBytes = diskBytes;
    this.directory = temporaryDirectory();
    this.#giveAway(this.directory);
    if (diskBytes === undefined) return;
    mkdirSync(this.diskDirectory);
    this.#giveAway(this.diskDirectory);
  }

  /**
   * The directory of the small disk, if there is one. Only the server sees the disk, also after a
   * restart.
   */
  get diskDirectory(): string {
    return join(this.directory, 'disk');
  }

  /** The file that fills the small disk. */
  get ballast(): Ballast {
    if (this.#disk === undefined) throw new Error('the database server has no small disk');
    return new Ballast({ pid: this.#disk.pid, directory: this.diskDirectory });
  }

  /** The address as `--endpoint` takes it, naming no database. */
  abstract get url(): string;

  /** Makes the system tables in `dataDirectory`. */
  abstract prepare(): Promise<void>;

  /** The program and its arguments, with the requested `settings`. */
  protected abstract command(settings: Readonly<Record<string, string>>): string[];

  /** Rejects while the server does not accept connections. */
  protected abstract connect(): Promise<void>;

  /** Signals the server to end its sessions, write everything to disk and exit. */
  protected abstract readonly stopSignal: NodeJS.Signals;

  /** Whether it runs as the user who runs the tests, even if that is root. */
  protected readonly runsAsCaller: boolean = false;

  /** Variables of the server's process, beside what every test server has. */
  protected get environment(): Readonly<Record<string, string>> {
    return {};
  }

  protected get dataDirectory(): string {
    return join(this.directory, 'data');
  }

  /** Starts the server, again after `stop` or `kill`, and waits until it takes connections. */
  async start(): Promise<void> {
    if (this.#child !== undefined) throw new Error('the database server is running already');
    const [program, ...commandArguments] = [...(await this.#diskCommand()), ...this.command(this.#settings)];
    if (program === undefined) throw new Error('a command has a program');
    const log = openSync(this.#logPath, 'a');
    // A separate session, so that only the test process receives Ctrl-C.
    const child = spawn(program, commandArguments, {
      ...this.#processOptions,
      env: { ...this.#processOptions.env, ...this.#environment },
      // Root enters the mount namespace of the disk and then becomes the server's user.
      ...(this.#diskBytes === undefined ? {} : { uid: undefined, gid: undefined }),
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.#child = child;
    this.#exit = exitOf(child);
    await this.#untilConnecting();
  }

  /** Whether the server has ended by itself. */
  get hasEnded(): boolean {
    return this.#child?.exitCode !== null;
  }

  /** A clean end, as by an administrator: sessions are closed, and nothing is left to recover. */
  async stop(): Promise<void> {
    process.kill(this.pid, this.stopSignal);
    await this.#exited();
  }

  /** SIGKILL to all of its processes at once. */
  async kill(): Promise<void> {
    await killWithChildren(this.pid);
    await this.#exited();
  }

  /**
   * Freezes the server's process, or lets it continue. The kernel still accepts connections for it.
   * Sessions of Postgres are processes of their own, which continue.
   */
  freeze(isFrozen: boolean): void {
    process.kill(this.pid, isFrozen ? 'SIGSTOP' : 'SIGCONT');
  }

  /** Ends the server and removes its data. */
  async remove(): Promise<void> {
    if (this.#child !== undefined) await this.kill();
    await this.#disk?.remove();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** Everything the server printed, over all its starts. */
  log(): string {
    return existsSync(this.#logPath) ? readFileSync(this.#logPath, 'utf8') : '';
  }

  /** Runs a program as the server's user. It must succeed. Returns its output. */
  protected async run(program: string, commandArguments: readonly string[]): Promise<string> {
    return (await runFile(program, commandArguments, this.#processOptions)).stdout;
  }

  /** Creates a file beside the data that only the server's user can read. Returns its path. */
  protected writeSecret(name: string, text: string): string {
    const path = join(this.directory, name);
    writeFileSync(path, text, { mode: 0o600 });
    this.#giveAway(path);
    return path;
  }

  /** Copies a file to a place where the server's user can read it. Returns the path of the copy. */
  protected give(file: string): string {
    const path = join(this.directory, basename(file));
    if (!existsSync(path)) copyFileSync(file, path);
    this.#giveAway(path);
    return path;
  }

  /** The id of the server's process. */
  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error('the database server is not running');
    return pid;
  }

  async #diskCommand(): Promise<readonly string[]> {
    if (this.#diskBytes === undefined) return [];
    this.#disk ??= await KeptDisk.mount({
      directory: this.diskDirectory,
      bytes: this.#diskBytes,
      unprivileged: nobody,
    });
    return this.#disk.command;
  }

  get #logPath(): string {
    return join(this.directory, 'server.log');
  }

  /** The server's user may not enter the directory the tests run in. */
  get #processOptions() {
    const user = this.runsAsCaller ? {} : unprivileged;
    return { ...user, cwd: '/', env: childEnvironment({ LC_ALL: 'C', ...this.environment }) };
  }

  #giveAway(path: string): void {
    if (unprivileged !== undefined) chownSync(path, unprivileged.uid, unprivileged.gid);
  }

  async #exited(): Promise<void> {
    if (this.#exit === undefined) throw new Error('the database server is not running');
    await within(stopTimeoutMs, `the database server on port ${this.port} to end`, this.#exit);
    this.#child = undefined;
    this.#exit = undefined;
  }

  async #untilConnecting(): Promise<void> {
    const abort = new AbortController();
    const exit = this.#exit?.then(({ status, signal }) => {
      this.#child = undefined;
      throw new Error(`it ended with ${status ?? signal}`);
    });
    const connecting = waitFor('a connection', () => this.#connects(abort.signal), { timeoutMs: startTimeoutMs });
    try {
      await Promise.race([connecting, exit]);
    } catch (error) {
      const command = this.command(this.#settings).join(' ');
      throw new Error(`${command}: ${(error as Error).message}\n${this.log()}`, { cause: error });
    } finally {
      abort.abort();
      exit?.catch(() => {});
      connecting.catch(() => {});
    }
  }

  async #connects(abort: AbortSignal): Promise<boolean> {
    abort.throwIfAborted();
    return this.connect().then(
      () => true,
      () => false,
    );
  }
}

export function drawnPassword(): string {
  return randomBytes(12).toString('hex');
}

/**
 * Prepares and starts a server. If another program takes the port between choice and use, another
 * port is chosen.
 */
export async function startOnFreePort<T extends DatabaseServer>(make: (port: number) => T): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const server = make(await freePort());
    try {
      await server.prepare();
      await server.start();
      return server;
    } catch (error) {
      const portLost = /address already in use/i.test(server.log());
      await server.remove();
      if (!portLost || attempt === portAttemptCountMax) throw error;
    }
  }
}
