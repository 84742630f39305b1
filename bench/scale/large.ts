import { atMost } from './bar.ts';
import type { Bench } from './bench.ts';
import type { ListOrder, ListResult } from './list-thread.ts';
import { getIntervalMs, PacedGets } from './paced-gets.ts';
import { peakDuring, residentMebibytes } from './resident-memory.ts';
import type { Scenario } from './scenario.ts';
import { ThreadCaller } from './thread-caller.ts';

const extraMebibytesMax = 150;
const getMsMax = 50;
const getClientCount = 8;
const prefix = '/registry/large/';
/**
 * One list more than the bar requires, to see whether memory continues to grow, and a third list
 * for more gets.
 */
const listCount = 3;

/** A list of all keys: the memory that it uses, and whether other requests wait for it. */
export const large: Scenario = {
  about: '100,000 keys of 1 KiB listed at once, with gets meanwhile',
  run: async (bench) => {
    // Each method has a separate server, so that neither profits from the other's data in memory.
    for (const method of ['Range', 'RangeStream'] as const) await listAll(bench, method);
  },
};

async function listAll(bench: Bench, method: ListOrder['method']): Promise<void> {
  const keyCount = bench.sized(100_000);
  const server = await bench.server(
    await bench.dataDirectory([{ prefix, keyCount, revisionCount: 1, valueBytes: 1024 }]),
  );
  const lister = new ThreadCaller<ListOrder, ListResult>(new URL('./list-thread.ts', import.meta.url));
  bench.closeLater(() => lister.stop());
  const gets = new PacedGets(await bench.connections(server, getClientCount), { prefix, keyCount });
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const before = residentMebibytes(server.pid);
  const start = performance.now();
  const peaks: number[] = [];
  for (let index = 0; index < listCount; index += 1) {
    const peak = await peakDuring(server.pid, async () => {
      const found = await lister.ask({ address: server.address, method, prefix });
      if (found.keyCount !== keyCount) throw new Error(`${found.keyCount} keys instead of ${keyCount}`);
    });
    peaks.push(peak - before);
  }
  const end = performance.now();
  await gets.stop();
  const [first = Number.NaN, ...later] = peaks;
  bench.report(
    atMost(`large: ${method} of ${keyCount} keys, memory beside the server's own`, first, extraMebibytesMax, 'MiB'),
  );
  const others = gets.figureBetween(start, end);
  const what = `large: ${method}, p99 of gets meanwhile (${getClientCount} clients, one each ${getIntervalMs} ms)`;
  bench.report(atMost(what, others.p99, getMsMax, 'ms'));
  bench.note(
    `${((end - start) / listCount / 1000).toFixed(2)} s a list; gets: p50 ${others.p50.toFixed(1)} ms, max ${others.max.toFixed(0)} ms of ` +
      `${others.operationCount}; before ${before.toFixed(0)} MiB, further lists at most ${Math.max(...later).toFixed(0)} MiB more`,
  );
  await bench.endScenario();
}
