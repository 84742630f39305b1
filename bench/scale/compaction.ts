import { KV } from '../../src/wire/generated/etcdserverpb/kv.ts';
import type { Connection } from '../load/connection.ts';
import { type Figure, figureOf } from '../load/figure.ts';
import type { Sample } from '../load/sample.ts';
import type { Threads } from '../load/threads.ts';
import { atMost } from './bar.ts';
import type { Bench } from './bench.ts';
import { historyFills, oftenPrefix } from './history.ts';
import type { Scenario } from './scenario.ts';
import type { TineServer } from './tine-server.ts';

const slowdownMax = 2;
const growthMax = 1.05;
/** Updates of all keys, three times over, in one round of the load that is repeated. */
const updatePhasesPerRound = 4;
/** The load runs in slices, so that it can end when the compaction has. */
const sliceSeconds = 2;
const quietSliceCount = 4;
const sliceCountMax = 30;
const mebibyte = 1024 * 1024;

/** A long compaction under the load of a busy API server, and the size of the file afterwards. */
export const compaction: Scenario = {
  about: 'a million superseded rows compacted while a mixed load runs, then one load and its compaction, twice',
  run: async (bench) => {
    const keyCount = bench.sized(10_000);
    const server = await bench.server(await bench.dataDirectory(historyFills(bench)));
    const [connection] = await bench.connections(server, 1);
    const threads = bench.load({ prefix: oftenPrefix, keyCount, phaseSeconds: sliceSeconds });
    // Gives the clients the revisions of the keys, and supersedes one more row for each key.
    await threads.run({ phase: 'update', target: server.target });
    await threads.run({ phase: 'update', target: server.target });
    const quiet: Sample[] = [];
    for (let slice = 0; slice < quietSliceCount; slice += 1) quiet.push(...(await mixedSlice(threads, server)));
    const bytesBefore = await server.storageBytes();

    const compacted = await compactUnderLoad(connection as Connection, threads, server);
    reportLatency(bench, figureOf(quiet), figureOf(compacted.samples));
    await compactAll(connection as Connection);
    bench.note(
      `the compaction took ${compacted.seconds.toFixed(1)} s; the file: ${mebibytes(bytesBefore)} before, ${mebibytes(await server.storageBytes())} after`,
    );
    const first = await updateAndCompact(connection as Connection, threads, server);
    const second = await updateAndCompact(connection as Connection, threads, server);
    bench.note(
      `${updatePhasesPerRound * 3 * keyCount} updates, then a compaction: the file at its largest ${mebibytes(first)}, the second time ${mebibytes(second)}`,
    );
    bench.report(atMost('compaction: the file when the same load repeats', second / first, growthMax, 'times'));
  },
};

/** The file at its largest. */
async function updateAndCompact(connection: Connection, threads: Threads, server: TineServer): Promise<number> {
  for (let phase = 0; phase < updatePhasesPerRound; phase += 1) {
    await threads.run({ phase: 'update', target: server.target });
  }
  const bytes = await server.storageBytes();
  await compactAll(connection);
  return Math.max(bytes, await server.storageBytes());
}

function reportLatency(bench: Bench, quiet: Figure, compacting: Figure): void {
  const what = `compaction: p99 of mixed with it (${compacting.p99.toFixed(1)} ms) to without (${quiet.p99.toFixed(1)} ms)`;
  bench.report(atMost(what, compacting.p99 / quiet.p99, slowdownMax, 'times'));
  bench.note(
    `mixed: ${quiet.operationsPerSecond.toFixed(0)} ops/s without, ${compacting.operationsPerSecond.toFixed(0)} with; ` +
      `max ${quiet.max.toFixed(0)} ms without, ${compacting.max.toFixed(0)} with`,
  );
}

interface LoadedCompaction {
  readonly seconds: number;
  /**
   * The samples of the first slice, and of every slice during which the compaction ran all the
   * time.
   */
  readonly samples: readonly Sample[];
}

async function compactUnderLoad(
  connection: Connection,
  threads: Threads,
  server: TineServer,
): Promise<LoadedCompaction> {
  const start = performance.now();
  let seconds: number | undefined;
  const compacting = compactAll(connection).then(() => {
    seconds = (performance.now() - start) / 1000;
  });
  const samples: Sample[] = [];
  for (let slice = 0; seconds === undefined && slice < sliceCountMax; slice += 1) {
    const found = await mixedSlice(threads, server);
    if (slice === 0 || seconds === undefined) samples.push(...found);
  }
  await compacting;
  return { seconds: seconds ?? Number.NaN, samples };
}

async function mixedSlice(threads: Threads, server: TineServer): Promise<Sample[]> {
  const samples = await threads.run({ phase: 'mixed', target: server.target });
  const { errorCount, firstError } = figureOf(samples);
  if (errorCount > 0) throw new Error(`${errorCount} operations failed: ${firstError}`);
  return samples;
}

/**
 * Compacts everything superseded until now. Resolves when the rows are deleted. That may take
 * longer than the time limit for a call of the load generator.
 */
async function compactAll(connection: Connection): Promise<void> {
  const { header } = await connection.call(KV.methods.range, { key: Buffer.from('any') });
  await new Promise<void>((resolve, reject) => {
    const call = connection.stream(KV.methods.compact, {
      onMessage: () => {},
      onEnd: (error) => (error === undefined ? resolve() : reject(error)),
    });
    call.send({ revision: header?.revision ?? 0, physical: true });
  });
}

function mebibytes(bytes: number): string {
  return `${(bytes / mebibyte).toFixed(0)} MiB`;
}
