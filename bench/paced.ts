/**
 * Measures the processor time that a server takes for one request at a rate that leaves it mostly
 * idle, as a Kubernetes cluster does, for each kind of request:
 *
 *     npm exec -- node bench/paced.ts --target NAME=HOST:PORT@PID --target ...
 *         [--rate 150] [--burst 1] [--seconds 8] [--kinds update,get]
 *
 * The targets take turns. Each kind runs twice on a target, and the second run counts. Results:
 * bench/cost.md.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { CompareTarget, KV } from '../src/wire/generated/etcdserverpb/kv.ts';
import { Lease } from '../src/wire/generated/etcdserverpb/lease.ts';
import { Watch } from '../src/wire/generated/etcdserverpb/watch.ts';
import { Connection, type Stream } from './load/connection.ts';
import { count, create, get, list, prefixEnd, update } from './load/requests.ts';
import { parseTarget } from './load/target.ts';

const keyCount = 300;
const value = Buffer.alloc(1_500, 'v');
const prefix = '/registry/pods/';
const keys = Array.from({ length: keyCount }, (_, index) => Buffer.from(`${prefix}default/pod-${index}`));

type WatchRequests = Stream<ReturnType<typeof Watch.methods.watch.request.decode>>;

/** What the requests of one target share. */
interface Side {
  readonly connection: Connection;
  /** The revision of each key. */
  readonly revisions: number[];
  readonly watch: WatchRequests;
  lease: bigint;
}

/** Sends one request, the `index`-th of its run. */
type Kind = (side: Side, index: number) => unknown;

const kinds: Readonly<Record<string, Kind>> = {
  nothing: () => {},
  get: ({ connection }, index) => get(connection, keyOf(index)),
  count: ({ connection }) => count(connection, prefix),
  'list of 300': ({ connection }) => list(connection, prefix, Buffer.from(prefix), 0),
  update: async ({ connection, revisions }, index) => {
    const at = index % keyCount;
    revisions[at] = await update(connection, keyOf(index), value, revisions[at] ?? 0);
  },
  create: ({ connection }, index) => create(connection, Buffer.from(`/registry/x/${index}`), value),
  delete: ({ connection }, index) => {
    const key = Buffer.from(`/registry/x/${index}`);
    return connection.call(KV.methods.txn, {
      success: [{ request: { case: 'requestDeleteRange', value: { key, prevKv: true } } }],
    });
  },
  'lease grant': async (side) => {
    side.lease = BigInt((await side.connection.call(Lease.methods.leaseGrant, { ttl: 3_600 })).id);
  },
  'put with lease': ({ connection, lease }, index) => {
    const key = Buffer.from(`/registry/events/${index}`);
    return connection.call(KV.methods.txn, {
      compare: [{ key, target: CompareTarget.MOD, targetUnion: { case: 'modRevision', value: 0 } }],
      success: [{ request: { case: 'requestPut', value: { key, value, lease } } }],
    });
  },
  'progress request': ({ watch }) => watch.send({ requestUnion: { case: 'progressRequest', value: {} } }),
};

const { values } = parseArgs({
  options: {
    target: { type: 'string', multiple: true, default: [] },
    rate: { type: 'string', default: '150' },
    burst: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '8' },
    kinds: { type: 'string', default: Object.keys(kinds).join() },
  },
});
const pace = { rate: Number(values.rate), burst: Number(values.burst), seconds: Number(values.seconds) };
const sides = await Promise.all(
  values.target
    .map(parseTarget)
    .map(async ({ name, address, pid }) => ({ name, pid: pid ?? 0, ...(await open(address)) })),
);
console.log(
  `${pace.rate} requests a second, ${pace.burst} at a time: processor time of the server for one request, p50`,
);
for (const name of values.kinds.split(',')) {
  const kind = kinds[name];
  if (kind === undefined) throw new Error(`no kind ${name}; there are ${Object.keys(kinds).join(', ')}`);
  const figures: string[] = [];
  for (const side of sides) {
    await run(side, kind, 0);
    figures.push(`${side.name} ${await run(side, kind, 1)}`);
  }
  console.log(name.padEnd(18), figures.join('   '));
}
process.exit();

function keyOf(index: number): Buffer {
  return keys[index % keyCount] as Buffer;
}

/** A connection to a server that has the keys, with a watch of them all. */
async function open(address: string): Promise<Side> {
  const connection = await Connection.open(address);
  const revisions: number[] = [];
  for (const key of keys) revisions.push(await create(connection, key, value));
  const watch = connection.stream(Watch.methods.watch, { onMessage: () => {}, onEnd: () => {} });
  const all = { key: Buffer.from(prefix), rangeEnd: prefixEnd(prefix), prevKv: true };
  watch.send({ requestUnion: { case: 'createRequest', value: all } });
  return { connection, revisions, watch, lease: 0n };
}

/** Sends requests at random times of the rate. Returns processor time and latency as text. */
async function run(side: Side & { readonly pid: number }, kind: Kind, round: number): Promise<string> {
  const latencies: number[] = [];
  const under: Promise<unknown>[] = [];
  const send = async (index: number) => {
    const startMs = performance.now();
    await kind(side, index);
    latencies.push(performance.now() - startMs);
  };
  const cpuBefore = cpuMs(side.pid);
  const endMs = performance.now() + pace.seconds * 1_000;
  // The rounds use different keys, because a key is created once.
  let index = round * 1_000_000;
  let nextMs = performance.now();
  while (nextMs < endMs) {
    while (nextMs <= performance.now()) {
      for (let count = 0; count < pace.burst; count += 1) under.push(send(index++));
      nextMs += (-Math.log(Math.random()) * 1_000 * pace.burst) / pace.rate;
    }
    await sleep(1);
  }
  await Promise.all(under);
  await sleep(300);
  latencies.sort((left, right) => left - right);
  const us = ((cpuMs(side.pid) - cpuBefore) / latencies.length) * 1_000;
  return `${us.toFixed(0)} us, ${(latencies[latencies.length >> 1] ?? 0).toFixed(2)} ms`;
}

/** Processor time of all threads of a process. */
function cpuMs(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks).reduce((sum, task) => {
    const [runNs] = readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ');
    return sum + Number(runNs) / 1e6;
  }, 0);
}
