import type { Connection } from '../load/connection.ts';
import { count, list } from '../load/requests.ts';
import { alternatingMedians } from './alternate.ts';
import { atMost } from './bar.ts';
import type { Bench } from './bench.ts';
import { keyName } from './key-name.ts';
import type { Scenario } from './scenario.ts';

const ratioMax = 1.3;
const pageKeyCount = 500;

/** One kind of read, of the keys of a prefix. */
interface Read {
  readonly name: string;
  readonly repeatCount: number;
  readonly run: (connection: Connection, prefix: string, index: number) => Promise<unknown>;
}

/**
 * The cost must depend on the reply only. Reads of keys with a long history alternate with the same
 * reads of keys without one.
 */
export const history: Scenario = {
  about: 'list, page and count over 10,000 keys with 100 revisions each, and with 1 each',
  run: async (bench) => {
    const keyCount = bench.sized(10_000);
    const server = await bench.server(await bench.dataDirectory(historyFills(bench)));
    const [connection] = await bench.connections(server, 1);
    for (const read of readsOf(keyCount)) await compare(bench, connection as Connection, read);
  },
};

const once = '/registry/once/';
const often = '/registry/often/';

/** 10,000 keys of 1 KiB with one revision each and 10,000 with 100 each. */
export function historyFills(bench: Bench) {
  const keys = { keyCount: bench.sized(10_000), valueBytes: 1024 };
  return [
    { prefix: once, revisionCount: 1, ...keys },
    { prefix: often, revisionCount: 100, ...keys },
  ];
}

/** The prefix of the keys with 100 revisions. */
export const oftenPrefix = often;

function readsOf(keyCount: number): readonly Read[] {
  return [
    {
      name: 'list',
      repeatCount: 15,
      run: async (connection, prefix) => {
        const { kvs } = await list(connection, prefix, Buffer.from(prefix), 0);
        if (kvs.length !== keyCount) throw new Error(`${kvs.length} keys instead of ${keyCount}`);
      },
    },
    {
      name: `page of ${pageKeyCount}`,
      repeatCount: 150,
      run: (connection, prefix, index) => {
        const first = (index * 7_919) % Math.max(1, keyCount - pageKeyCount);
        return list(connection, prefix, Buffer.from(keyName(prefix, first)), pageKeyCount);
      },
    },
    { name: 'count', repeatCount: 300, run: (connection, prefix) => count(connection, prefix) },
  ];
}

async function compare(bench: Bench, connection: Connection, { name, repeatCount, run }: Read): Promise<void> {
  // The first reads make prepared statements and warm caches.
  const [short, long] = await alternatingMedians(
    [once, often],
    { warmUpCount: 2, repeatCount },
    async (prefix, index) => {
      const start = performance.now();
      await run(connection, prefix, Math.max(0, index));
      return performance.now() - start;
    },
  );
  const what = `history: ${name}, 100 revisions a key (${long.toFixed(2)} ms) to 1 (${short.toFixed(2)} ms)`;
  bench.report(atMost(what, long / short, ratioMax, 'times'));
}
