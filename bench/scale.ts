/** Measurements of size: `npm run bench:scale -- --help`. Results: scale.md. */
import { availableParallelism } from 'node:os';
import { UsageError } from './load/usage-error.ts';
import { Bench } from './scale/bench.ts';
import { help, parseScaleOptions, type ScaleOptions } from './scale/options.ts';
import { othersShare, processorTime } from './scale/processor-time.ts';
import { scenarios } from './scale/scenarios.ts';

try {
  const options = parseScaleOptions(process.argv.slice(2));
  if (options === 'help') console.log(help);
  else process.exitCode = (await failedCount(options)) > 0 ? 1 : 0;
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : error}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

/**
 * Runs the scenarios one after the other. A scenario that cannot run counts as failed, and the
 * others continue.
 */
async function failedCount(options: ScaleOptions): Promise<number> {
  const bench = new Bench(options);
  let brokenCount = 0;
  bench.note(`${availableParallelism()} processors; size ${options.fraction}`);
  try {
    for (const name of options.names) {
      if (options.endpoint !== undefined && scenarios[name]?.needsFile) {
        bench.note(`${name}: looks into a file, left out on a database server`);
        continue;
      }
      const before = processorTime(bench.serverIds);
      try {
        await scenarios[name]?.run(bench);
        const others = othersShare(before, processorTime(bench.serverIds)) * 100;
        bench.note(`${name}: other programs took ${others.toFixed(0)} % of the processors meanwhile`);
      } catch (error) {
        brokenCount += 1;
        console.log(`FAIL  ${name}: ${error instanceof Error ? error.message : error}`);
      } finally {
        await bench.endScenario();
      }
    }
  } finally {
    await bench.close();
  }
  return bench.failedCount + brokenCount;
}
