import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { KV } from '../../src/wire/generated/etcdserverpb/kv.ts';
import { Maintenance } from '../../src/wire/generated/etcdserverpb/maintenance.ts';
import { freePort } from '../../test/support/free-port.ts';
import { forgetProcess, watchProcess } from '../../test/support/reaper.ts';
import { Connection } from '../load/connection.ts';
import type { Target } from '../load/target.ts';

export const tineProgram = fileURLToPath(new URL('../../bin/tine', import.meta.url));
/** Smaller than the precision of the printed figure. */
const pollMs = 5;
const startMsMax = 60_000;

/**
 * A separate tine: `bin/tine` on a directory and a free port of 127.0.0.1. It is ended by its
 * process id.
 */
export class TineServer {
  readonly dataDirectory: string;
  readonly address: string;
  /** The time from starting the program to the reply to the first Range. */
  readonly startMs: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, about: { dataDirectory: string; address: string; startMs: number }) {
    this.#child = child;
    this.dataDirectory = about.dataDirectory;
    this.address = about.address;
    this.startMs = about.startMs;
  }

  /**
   * `endpoint`: the address of the database on a server. Undefined: the database is a file in the
   * directory.
   */
  static async start(
    dataDirectory: string,
    { program = tineProgram, endpoint, nodeOptions = '', arguments: more = [] }: StartOptions = {},
  ): Promise<TineServer> {
    const address = `127.0.0.1:${await freePort()}`;
    const logPath = join(dataDirectory, 'server.log');
    const log = openSync(logPath, 'a');
    const urls = ['--listen-client-urls', `http://${address}`, '--advertise-client-urls', `http://${address}`];
    const storage = endpoint === undefined ? ['--data-dir', dataDirectory] : ['--endpoint', endpoint];
    const begin = performance.now();
    const child = spawn(program, [...storage, ...urls, '--log-level', 'warn', ...more], {
      stdio: ['ignore', log, log],
      env: { ...process.env, NODE_OPTIONS: nodeOptions },
    });
    closeSync(log);
    if (child.pid !== undefined) watchProcess(child.pid);
    try {
      await firstRange(address, child);
    } catch (error) {
      child.kill('SIGKILL');
      throw new Error(`${program} did not serve: ${(error as Error).message}\n${readFileSync(logPath, 'utf8')}`);
    }
    return new TineServer(child, { dataDirectory, address, startMs: performance.now() - begin });
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the server was never started');
    return this.#child.pid;
  }

  /** The target in the form that the load generator takes. */
  get target(): Target {
    return { name: 'tine', isSecure: false, address: this.address, watchAddress: this.address, pid: this.pid };
  }

  get databasePath(): string {
    return databasePath(this.dataDirectory);
  }

  /** Bytes of the database: of the file and its WAL, or as its database server counts them. */
  async storageBytes(): Promise<number> {
    if (!existsSync(this.databasePath)) return statusBytes(this.address);
    return [this.databasePath, `${this.databasePath}-wal`].reduce(
      (sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
  }

  /** Ends the process, if it still runs. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exit = once(this.#child, 'exit');
      this.#child.kill(signal);
      await exit;
    }
    forgetProcess(this.pid);
  }
}

interface StartOptions {
  /** The program to start; `bin/tine` of this checkout by default. */
  readonly program?: string;
  readonly endpoint?: string | undefined;
  /** For the server's Node, to look closer. */
  readonly nodeOptions?: string;
  /** More arguments. */
  readonly arguments?: readonly string[];
}

async function statusBytes(address: string): Promise<number> {
  const connection = await Connection.open(address);
  try {
    return (await connection.call(Maintenance.methods.status, {})).dbSize;
  } finally {
    connection.close();
  }
}

export function databasePath(dataDirectory: string): string {
  return join(dataDirectory, 'state.db');
}

async function firstRange(address: string, child: ChildProcess): Promise<void> {
  const end = performance.now() + startMsMax;
  while (performance.now() < end) {
    if (child.exitCode !== null) throw new Error(`it ended with status ${child.exitCode}`);
    if (await answers(address)) return;
    await sleep(pollMs);
  }
  throw new Error(`no answer within ${startMsMax} ms`);
}

async function answers(address: string): Promise<boolean> {
  try {
    const connection = await Connection.open(address);
    await connection.call(KV.methods.range, { key: Buffer.from('first') });
    connection.close();
    return true;
  } catch {
    return false;
  }
}
