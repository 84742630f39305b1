import { printRequest } from './canonical.ts';
import { type Contestants, type Difference, describeDifference, runScript } from './runner.ts';
import { shrinkScript } from './shrink.ts';
import type { Step } from './step.ts';

/** Contestants on separate servers, and a function that ends the servers. */
export interface Arena {
  readonly contestants: Contestants;
  readonly close: () => Promise<void>;
}

const shrinkTimeLimitMsDefault = 20_000;

/**
 * Runs a script in a fresh arena. If the contestants differ, it throws an error with every kind of
 * difference found, a shorter script that shows one difference, and the command that repeats the
 * run.
 */
export async function compareOverScript(
  script: readonly Step[],
  repeat: string,
  openArena: () => Promise<Arena>,
): Promise<void> {
  const { differences, names } = await runInArena(script, openArena);
  const [first] = differences;
  if (first === undefined) return;
  const differs = async (candidate: readonly Step[]) => (await runInArena(candidate, openArena)).differences.length > 0;
  const shrunk = await shrinkScript(script.slice(0, first.index + 1), differs, { timeLimitMs: shrinkTimeLimitMs() });
  const again = await runInArena(shrunk, openArena);
  throw new Error(
    [
      `${repeat}: ${differences.length} differences`,
      ...differences.map((difference) => describeDifference(difference, names)),
      '',
      `the first of them, in ${shrunk.length} steps:`,
      ...shrunk.map(describeStep),
      ...again.differences.slice(0, 1).map((difference) => describeDifference(difference, names)),
    ].join('\n'),
  );
}

async function runInArena(
  script: readonly Step[],
  openArena: () => Promise<Arena>,
): Promise<{ differences: Difference[]; names: { expected: string; actual: string } }> {
  const arena = await openArena();
  try {
    const { expected, actual } = arena.contestants;
    const differences = await runScript(script, arena.contestants);
    return { differences, names: { expected: expected.name, actual: actual.name } };
  } finally {
    await arena.close();
  }
}

function shrinkTimeLimitMs(): number {
  const seconds = process.env.TINE_TEST_SHRINK_SECONDS;
  return seconds === undefined ? shrinkTimeLimitMsDefault : Number(seconds) * 1000;
}

function describeStep(step: Step): string {
  switch (step.kind) {
    case 'unary':
      return `  ${step.method} ${printRequest(step.request)}`;
    case 'raw':
    case 'rawStream':
      return `  ${step.method} with the bytes ${step.bytes.toString('hex')}`;
    case 'watch':
      return `  Watch, stream ${step.stream} ${printRequest(step.request)}`;
    case 'closeWatch':
      return `  the end of watch stream ${step.stream}`;
    case 'restart':
      return '  (the server is killed and started again)';
    case 'settle':
      return '  (every event arrives)';
    default:
      return `  ${step.kind} ${printRequest(step.request)}`;
  }
}
