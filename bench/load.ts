/** The load generator: `npm run bench -- --help`. */
import { type Figure, figureOf, ratioTo } from './load/figure.ts';
import { help, type Options, parseOptions } from './load/options.ts';
import { phases } from './load/phases.ts';
import { processUsage } from './load/process-usage.ts';
import { tableHeader, tableRow } from './load/table.ts';
import { Threads } from './load/threads.ts';
import { UsageError } from './load/usage-error.ts';

try {
  const options = parseOptions(process.argv.slice(2), Object.keys(phases));
  if (options === 'help') console.log(help);
  else await run(options);
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : error}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

async function run(options: Options): Promise<void> {
  const threads = new Threads(options);
  const { keyCount, valueBytes, clientCount, connectionCount, roundCount, threadCount } = options;
  console.log(
    `${keyCount} keys, values of ${valueBytes} bytes, ${clientCount} clients on ${connectionCount} connections, ` +
      `${roundCount} update rounds, ${threadCount} threads`,
  );
  console.log(tableHeader);
  try {
    for (const phase of options.phases) await runPhase(threads, options, phase);
  } finally {
    await threads.stop();
  }
}

/**
 * Runs a phase on every target in turn. If one target cannot run the phase, that is reported and
 * the others continue.
 */
async function runPhase(threads: Threads, options: Options, phase: string): Promise<void> {
  let yardstick: Figure | undefined;
  for (const target of options.targets) {
    const before = processUsage(target.pid);
    try {
      const figure = figureOf(await threads.run({ phase, target }));
      const after = processUsage(target.pid);
      const ratio = yardstick && ratioTo(yardstick, figure, phases[phase]?.measures ?? 'rate');
      console.log(tableRow({ phase, target: target.name, figure, ratio, before, after }));
      if (target === options.targets[0]) yardstick = figure;
    } catch (error) {
      console.error(`bench: ${phase}: ${error instanceof Error ? error.message : error}`);
      process.exitCode = 1;
    }
  }
}
