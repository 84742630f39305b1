/**
 * A thread of the load generator. For each order that it receives, it runs its share of one phase
 * on one target.
 */
import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { parentPort, workerData } from 'node:worker_threads';
import { Connection } from './connection.ts';
import { KeyTable } from './key-table.ts';
import type { Options, TlsFiles } from './options.ts';
import { phases } from './phases.ts';
import type { Sample } from './sample.ts';
import type { Target } from './target.ts';
import { valueSource } from './values.ts';

/** The data that a thread is started with. */
export interface ThreadData {
  readonly options: Options;
  /** The number of the thread, from 0 on. */
  readonly thread: number;
}

/** The order that a thread receives. */
export interface ThreadOrder {
  readonly phase: string;
  readonly target: Target;
}

/** The state of a target in this thread. */
interface TargetState {
  readonly connections: readonly Connection[];
  readonly watchConnection: Connection;
  readonly keys: KeyTable;
}

const { options, thread } = workerData as ThreadData;
const states = new Map<string, TargetState>();
const value = valueSource(options.valueBytes);

parentPort?.on('message', async (order: ThreadOrder) => {
  parentPort?.postMessage(await run(order).catch((error: Error) => error.message));
});

async function run({ phase: name, target }: ThreadOrder): Promise<Sample | undefined> {
  const phase = phases[name];
  if (phase === undefined) throw new Error(`no phase ${name}`);
  const state = states.get(target.name) ?? (await connect(target));
  states.set(target.name, state);
  const clientCount = shareOf(phase.clientCount(options));
  if (clientCount === 0) return undefined;
  return phase.run({
    options,
    clientCount,
    connection: (client) => state.connections[client % state.connections.length] as Connection,
    watchConnection: state.watchConnection,
    keys: state.keys,
    value,
  });
}

async function connect(target: Target): Promise<TargetState> {
  const secure = target.isSecure ? secureOptions(options.tls) : undefined;
  const connectionCount = Math.max(1, shareOf(options.connectionCount));
  return {
    connections: await Promise.all(Array.from({ length: connectionCount }, () => open(target.address, secure))),
    watchConnection: await open(target.watchAddress, secure),
    keys: new KeyTable({
      prefix: options.prefix,
      total: options.keyCount,
      share: thread,
      shareCount: options.threadCount,
    }),
  };
}

function secureOptions({ caFile, certFile, keyFile }: TlsFiles): ConnectionOptions {
  const read = (file: string | undefined) => (file === undefined ? undefined : readFileSync(file));
  return { ca: read(caFile), cert: read(certFile), key: read(keyFile), rejectUnauthorized: caFile !== undefined };
}

/** This thread's part of something that is divided among all. */
function shareOf(total: number): number {
  return Math.floor(total / options.threadCount) + (thread < total % options.threadCount ? 1 : 0);
}

async function open(address: string, secure: ConnectionOptions | undefined): Promise<Connection> {
  const connection = await Connection.open(address, secure);
  if (options.user !== undefined) await connection.signIn(options.user);
  return connection;
}
