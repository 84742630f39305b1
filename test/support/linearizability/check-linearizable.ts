import { describeOperation } from './describe.ts';
import { registerHistories, setHistories } from './partition.ts';
import type { Interval, Operation, Violation } from './recording.ts';
import { registerModel } from './register-model.ts';
import { type Model, type SearchBounds, search } from './search.ts';
import { setModel } from './set-model.ts';
import { type Failure, shortestFailure } from './shortest-failure.ts';
import { unclaimedRevisions } from './unclaimed-revisions.ts';

/** Operations shown before the contradiction. */
const contextCountMax = 8;

/**
 * An operation in the report of a failure: cut at the time of the failure, with its final outcome.
 */
interface Shown extends Interval {
  readonly source: Operation;
  readonly reply: object | undefined;
}

/**
 * Searches an order for the operations on each register and each set. A search that exceeds its
 * limits counts as a violation.
 */
export function checkLinearizable(operations: readonly Operation[], bounds?: SearchBounds): Violation[] {
  const unclaimed = (until?: number) => unclaimedRevisions(operations, until);
  const register = (until?: number) => registerModel(unclaimed(until));
  const set = (until?: number) => setModel(unclaimed(until));
  return [
    ...[...registerHistories(operations)].flatMap(([key, history]) => check(key, history, register, bounds)),
    ...[...setHistories(operations)].flatMap(([name, history]) => check(name, history, set, bounds)),
  ];
}

function check<State, Reply extends object, Step extends Shown & { readonly reply: Reply | undefined }>(
  name: string,
  history: readonly Step[],
  modelUntil: (until?: number) => Model<State, Step>,
  bounds?: SearchBounds,
): Violation[] {
  const verdict = search(history, modelUntil(), bounds);
  if (verdict.kind === 'linearizable') return [];
  if (verdict.kind === 'unknown') return [undecided(name, history.length, verdict.why)];
  const shortest = shortestFailure<State, Reply, Step>(history, modelUntil) ?? { history, verdict };
  return [explain(name, modelUntil(), shortest)];
}

function undecided(name: string, operationCount: number, why: string): Violation {
  return { what: `${name}: undecided whether its ${operationCount} operations are linearizable: ${why}`, excerpt: [] };
}

function explain<State, Step extends Shown>(
  name: string,
  model: Model<State, Step>,
  { history, verdict }: Failure<State, Step>,
): Violation {
  const placed = new Set(verdict.order);
  const left = history.filter((step) => !placed.has(step)).toSorted((one, other) => one.called - other.called);
  const firstReturn = Math.min(...left.map(({ returned }) => returned));
  const next = left.filter(({ called }) => called < firstReturn);
  return {
    what: `${name}: no order of its operations explains their replies`,
    excerpt: [
      `the longest order that does ends with`,
      ...lines(verdict.order.slice(-contextCountMax)),
      `then it is ${model.describe(verdict.state)}, where none of these can follow`,
      ...lines(next),
    ],
  };
}

function lines(steps: readonly Shown[]): string[] {
  return steps.map(({ source, reply }) => {
    const isCut = reply === undefined && source.reply !== undefined;
    return `  ${describeOperation(source)}${isCut ? ' (had not returned yet)' : ''}`;
  });
}
