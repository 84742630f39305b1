import { figureOf } from '../load/figure.ts';
import type { Threads } from '../load/threads.ts';
import { atLeast } from './bar.ts';
import { keyName } from './key-name.ts';
import { median } from './median.ts';
import type { Scenario } from './scenario.ts';
import { ThreadCaller } from './thread-caller.ts';
import type { TineServer } from './tine-server.ts';
import type { WatchCount, WatchOrder } from './watch-thread.ts';

const shareMin = 0.75;
const prefix = '/registry/watched/';
const pairCount = 6;
const prefixWatcherCount = 100;
/**
 * Keys under the watched prefix: 1 % of the updated keys, so that an update costs one more event on
 * average.
 */
const prefixKeyCount = 100;

/**
 * Updates of keys with thousands of watchers alternate with updates of keys without any. The
 * scenario waits for every event and counts it.
 */
export const watchers: Scenario = {
  about: '5,000 watchers on distinct keys and 100 on one prefix, against none, under updates',
  run: async (bench) => {
    const keyCount = Math.max(2 * prefixKeyCount, bench.sized(10_000));
    const server = await bench.server(await bench.dataDirectory());
    const threads = bench.load({ prefix, keyCount });
    const crowd = new ThreadCaller<WatchOrder, WatchCount>(new URL('./watch-thread.ts', import.meta.url));
    bench.closeLater(() => crowd.stop());
    await threads.run({ phase: 'create', target: server.target });
    await updates(threads, server);

    const watched = Array.from({ length: keyCount / 2 }, (_, index) => keyName(prefix, index * 2));
    const eventCount = watched.length + prefixKeyCount * prefixWatcherCount;
    const rates = { alone: [] as number[], watched: [] as number[] };
    for (let pair = 0; pair < pairCount; pair += 1) {
      rates.alone.push(await updates(threads, server));
      const opened = await crowd.ask({ kind: 'open', address: server.address, keys: watched, ...crowdShape });
      expect(opened.watcherCount, watched.length + prefixWatcherCount, 'watchers');
      rates.watched.push(await updates(threads, server));
      expect((await crowd.ask({ kind: 'close', eventCount })).eventCount, eventCount, 'events');
    }
    const [alone, busy] = [median(rates.alone), median(rates.watched)];
    const what = `watchers: updates a second with ${watched.length} + 100 (${busy.toFixed(0)}) to without (${alone.toFixed(0)})`;
    bench.report(atLeast(what, busy / alone, shareMin, 'times'));
    bench.note(`${(eventCount / keyCount).toFixed(1)} events of 1 KiB an update; all of them arrived, once`);
  },
};

const crowdShape = {
  // The first two of the eight digits that count from a hundred on: 00000100 to 00000199.
  prefix: keyName(prefix, prefixKeyCount).slice(0, -2),
  prefixWatcherCount,
  connectionCount: 4,
  streamsPerConnection: 5,
};

/** Every key once; updates a second. */
async function updates(threads: Threads, server: TineServer): Promise<number> {
  const figure = figureOf(await threads.run({ phase: 'update', target: server.target }));
  if (figure.errorCount > 0) throw new Error(`${figure.errorCount} updates failed: ${figure.firstError}`);
  return figure.operationsPerSecond;
}

function expect(found: number, wanted: number, what: string): void {
  if (found !== wanted) throw new Error(`${found} ${what} instead of ${wanted}`);
}
