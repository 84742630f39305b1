import type { Connection } from '../load/connection.ts';
import { count, get, list, update } from '../load/requests.ts';
import { alternatingMedians } from './alternate.ts';
import { atMost } from './bar.ts';
import type { Bench } from './bench.ts';
import { keyName } from './key-name.ts';
import { residentMebibytes } from './resident-memory.ts';
import type { Scenario } from './scenario.ts';

const startMsMax = 2_000;
const ratioMax = 1.3;
const residentMebibytesMax = 400;
const revisionCount = 10;
const pageKeyCount = 500;
const prefix = '/registry/size/';

/** A store of some size, and a connection to its server. */
interface Store {
  readonly keyCount: number;
  readonly connection: Connection;
}

/** One kind of request. `prepare` is not timed. */
interface Kind {
  readonly name: string;
  readonly repeatCount: number;
  readonly prepare?: (store: Store, key: Buffer) => Promise<number>;
  readonly run: (store: Store, key: Buffer, prepared: number) => Promise<unknown>;
}

const value = Buffer.alloc(1024, 'v');

const kinds: readonly Kind[] = [
  { name: 'get', repeatCount: 2_000, run: ({ connection }, key) => get(connection, key) },
  {
    name: `page of ${pageKeyCount}`,
    repeatCount: 200,
    run: ({ connection }, key) => list(connection, prefix, key, pageKeyCount),
  },
  { name: 'count', repeatCount: 300, run: ({ connection }) => count(connection, prefix) },
  {
    name: 'update',
    repeatCount: 1_000,
    // A wrong revision writes nothing, and returns the right one.
    prepare: ({ connection }, key) => update(connection, key, value, 1),
    run: ({ connection }, key, revision) => update(connection, key, value, revision),
  },
];

/** Requests for random keys of a large and a small store alternate, one client each. */
export const size: Scenario = {
  about: 'a start, and requests, with 1,000,000 keys of 10 revisions each, and with 10,000',
  run: async (bench) => {
    const large = await startStore(bench, bench.sized(1_000_000));
    const small = await startStore(bench, bench.sized(10_000));
    bench.report(atMost('size: start with 1,000,000 keys of 10 revisions', large.startMs, startMsMax, 'ms'));
    for (const kind of kinds) await compare(bench, kind, large, small);
    const mebibytes = residentMebibytes(large.pid);
    bench.report(atMost('size: resident memory with 1,000,000 keys', mebibytes, residentMebibytesMax, 'MiB'));
  },
};

async function startStore(bench: Bench, keyCount: number) {
  const directory = await bench.dataDirectory([{ prefix, keyCount, revisionCount, valueBytes: value.length }]);
  const server = await bench.server(directory);
  const [connection] = await bench.connections(server, 1);
  return { keyCount, connection: connection as Connection, startMs: server.startMs, pid: server.pid };
}

async function compare(bench: Bench, kind: Kind, large: Store, small: Store): Promise<void> {
  const { repeatCount } = kind;
  const [ofLarge, ofSmall] = await alternatingMedians(
    [large, small],
    { warmUpCount: repeatCount, repeatCount },
    (store) => timeOf(kind, store),
  );
  const what = `size: ${kind.name}, 1,000,000 keys (${ofLarge.toFixed(2)} ms) to 10,000 (${ofSmall.toFixed(2)} ms)`;
  bench.report(atMost(what, ofLarge / ofSmall, ratioMax, 'times'));
}

async function timeOf({ prepare, run }: Kind, store: Store): Promise<number> {
  const key = Buffer.from(keyName(prefix, Math.floor(Math.random() * store.keyCount)));
  const prepared = (await prepare?.(store, key)) ?? 0;
  const startMs = performance.now();
  await run(store, key, prepared);
  return performance.now() - startMs;
}
