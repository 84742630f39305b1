import { spawn } from 'node:child_process';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Connection } from '../../../bench/load/connection.ts';
import { Auth } from '../../../src/wire/generated/etcdserverpb/auth.ts';
import { KV } from '../../../src/wire/generated/etcdserverpb/kv.ts';
import { exitOf } from '../exit.ts';
import type { Server } from '../server.ts';
import { onThisMachine } from '../slowness.ts';
import type { Attack, Tally } from './attacker.ts';
import type { AttackOrder } from './attacker-process.ts';
import { GoodClient, type GoodFigures } from './good-client.ts';
import { ProcessWatch, slownessBetween } from './process-watch.ts';
import { storedKeys, storedLargeKey } from './requests.ts';

/** The effect of an attack on a server and on its good client. */
export interface Outcome {
  readonly tally: Tally;
  /** The good client's figures before the attack. */
  readonly before: GoodFigures;
  /** The good client's figures from the start of the attack until half a second after its end. */
  readonly during: GoodFigures;
  /** The good client's figures for half a second after that, or longer on a busy machine. */
  readonly after: GoodFigures;
  readonly memory: {
    /** The server's memory with a good client only. */
    readonly restMebibytes: number;
    /**
     * The maximum above `restMebibytes`, from the start of the attack until the end of the
     * measurement after it.
     */
    readonly aboveRestMebibytes: number;
    /** The memory above `restMebibytes` at the end. */
    readonly leftMebibytes: number;
  };
  /** Open files and connections: at rest, and some seconds after the attack. */
  readonly descriptors: { readonly rest: number; readonly after: number };
  /** From the start of the attacker's process to its end. */
  readonly tookSeconds: number;
  /** The server's share of a processor during `tookSeconds`. */
  readonly cpuShare: number;
  /**
   * How late this process, which waits most of the time, was given a processor during the attack
   * (p99). The machine adds this time to each latency.
   */
  readonly lateMs: number;
  /**
   * The run time of the server's main thread, with its waits for a processor, divided by the time
   * without them.
   */
  readonly slowness: number;
  /** Whether the server's process was running at the end. */
  readonly isAlive: boolean;
}

export const rootUser = 'root:root-password';

const warmUpMs = 400;
/** The time after the attack within which everything must be as before. */
const recoveryMs = 500;
const afterMs = 400;
/** The time for a new process to load its program, and for a busy one to end. */
const attackerGraceMs = 20_000;
const descriptorsMsMax = 1_000;
const descriptorsPollMs = 50;
const smallPutBytes = 100;
const delayResolutionMs = 5;

/**
 * Attacks a server while a good client uses it. The server must have the settings that the attack
 * needs.
 */
export async function underAttack(
  server: Server,
  attack: Attack,
  { seconds, fuzz }: Pick<AttackOrder, 'seconds' | 'fuzz'>,
): Promise<Outcome> {
  const { address, pid } = server;
  await prepare(server, attack);
  const watch = new ProcessWatch(pid);
  const good = await GoodClient.start({
    address,
    putBytes: attack.putBytes ?? smallPutBytes,
    takesSnapshots: attack.alsoAsks === 'snapshots',
    ...(attack.needs === 'tls' ? { secure: { rejectUnauthorized: false } } : undefined),
    ...(attack.needs === 'auth' ? { user: rootUser } : undefined),
  });
  try {
    await sleep(warmUpMs);
    const before = await good.take();
    const rest = { usage: watch.usage, mebibytes: watch.takePeakMebibytes(), descriptors: watch.descriptorCount ?? 0 };
    const delay = monitorEventLoopDelay({ resolution: delayResolutionMs });
    delay.enable();
    const started = performance.now();
    const scheduleBefore = watch.schedule;
    const order = { name: attack.name, host: '127.0.0.1', port: server.port, seconds };
    const tally = await attackFrom(fuzz === undefined ? order : { ...order, fuzz });
    const tookSeconds = (performance.now() - started) / 1_000;
    const cpuSeconds = (watch.usage?.cpuSeconds ?? Number.NaN) - (rest.usage?.cpuSeconds ?? 0);
    await sleep(recoveryMs);
    const during = good.take();
    await sleep(afterMs);
    await good.someAnswers();
    const after = good.take();
    const descriptors = { rest: rest.descriptors, after: await descriptorsAfter(watch, rest.descriptors) };
    delay.disable();
    const figures = { during: await during, after: await after };
    return {
      tally,
      before,
      ...figures,
      memory: {
        restMebibytes: rest.mebibytes,
        aboveRestMebibytes: watch.takePeakMebibytes() - rest.mebibytes,
        leftMebibytes: (watch.usage?.residentMebibytes ?? 0) - rest.mebibytes,
      },
      descriptors,
      tookSeconds,
      cpuShare: cpuSeconds / tookSeconds,
      lateMs: Math.max(0, delay.percentile(99) / 1e6 - delayResolutionMs),
      slowness: slownessBetween(scheduleBefore, watch.schedule),
      isAlive: watch.usage !== undefined,
    };
  } finally {
    watch.stop();
    await good.stop();
  }
}

/** The open files when they are as few as at rest, or after a second, later on a slow machine. */
async function descriptorsAfter(watch: ProcessWatch, rest: number): Promise<number> {
  const endMs = performance.now() + onThisMachine(descriptorsMsMax);
  let count = watch.descriptorCount ?? 0;
  while (count > rest && performance.now() < endMs) {
    await sleep(descriptorsPollMs);
    count = watch.descriptorCount ?? 0;
  }
  return count;
}

/** Keys to read, and users if the attack needs them. */
async function prepare(server: Server, attack: Attack): Promise<void> {
  const connection = await Connection.open(server.address);
  try {
    const putsInTransaction = 100;
    const value = Buffer.alloc(storedKeys.valueBytes, 'v');
    for (let first = 0; first < storedKeys.count; first += putsInTransaction) {
      const success = Array.from({ length: putsInTransaction }, (_, index) => {
        const put = { key: Buffer.from(`${storedKeys.prefix}${first + index}`), value };
        return { request: { case: 'requestPut', value: put } as const };
      });
      await connection.call(KV.methods.txn, { success });
    }
    const large = { key: Buffer.from(storedLargeKey.key), value: Buffer.alloc(storedLargeKey.valueBytes) };
    await connection.call(KV.methods.put, large);
    await startThreads(connection);
    if (attack.needs === 'auth') await enableAuth(connection);
  } finally {
    connection.close();
  }
}

/**
 * Starts all threads. Threads start with their first task: a list, and many gets at once. The puts
 * before them were already too many for the event loop alone. The memory at rest is then the memory
 * of a server in use.
 */
async function startThreads(connection: Connection): Promise<void> {
  const { prefix, end } = storedKeys;
  await connection.call(KV.methods.range, { key: Buffer.from(prefix), rangeEnd: Buffer.from(end) });
  const get = (index: number) => connection.call(KV.methods.range, { key: Buffer.from(`${prefix}${index}`) });
  await Promise.all(Array.from({ length: 32 }, (_, index) => get(index)));
}

async function enableAuth(connection: Connection): Promise<void> {
  const [name = '', password = ''] = rootUser.split(':');
  await connection.call(Auth.methods.userAdd, { name, password });
  await connection.call(Auth.methods.userGrantRole, { user: name, role: name });
  await connection.call(Auth.methods.authEnable, {});
}

/** Runs an attack in a separate process. */
async function attackFrom(order: AttackOrder): Promise<Tally> {
  const program = fileURLToPath(new URL('attacker-process.ts', import.meta.url));
  const child = spawn(process.execPath, [program, JSON.stringify(order)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), order.seconds * 1_000 + attackerGraceMs);
  try {
    const [printed, exit] = await Promise.all([text(child.stdout), exitOf(child)]);
    if (printed === '') throw new Error(`the attack "${order.name}" ended with ${exit.status ?? exit.signal}`);
    return JSON.parse(printed);
  } finally {
    clearTimeout(timer);
  }
}
