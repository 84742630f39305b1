import type { Operation } from './recording.ts';
import { type Model, search, type Verdict } from './search.ts';

/** The common part of operations on registers and sets. */
interface Step<Reply> {
  readonly source: Operation;
  readonly called: number;
  readonly returned: number;
  readonly reply: Reply | undefined;
}

export interface Failure<State, Operation> {
  readonly history: readonly Operation[];
  readonly verdict: Verdict<State, Operation> & { readonly kind: 'violation' };
}

/**
 * A part of a history that is not linearizable, as short as can be found quickly. It ends at the
 * first return that no order explains, and leaves out the reads that the contradiction does not
 * need. `modelUntil` gives the model with the information up to a time. Leaving out a read never
 * makes a history worse; leaving out a write might.
 */
export function shortestFailure<State, Reply, Operation extends Step<Reply>>(
  history: readonly Operation[],
  modelUntil: (until: number) => Model<State, Operation>,
): Failure<State, Operation> | undefined {
  const failureUntil = (time: number) => failure(until(history, time), modelUntil(time));
  const returns = history.map(({ returned }) => returned).filter(Number.isFinite);
  returns.sort((left, right) => left - right);
  let least = 0;
  let most = returns.length - 1;
  while (least < most) {
    const middle = (least + most) >> 1;
    if (failureUntil(returns[middle] ?? 0) === undefined) least = middle + 1;
    else most = middle;
  }
  const time = returns[least] ?? 0;
  const shortest = failureUntil(time);
  return shortest && withoutNeedlessReads(shortest, modelUntil(time));
}

/**
 * The history up to a time: an operation that had not returned is in doubt, and a read in doubt is
 * left out.
 */
function until<Reply, Operation extends Step<Reply>>(history: readonly Operation[], time: number): Operation[] {
  return history
    .filter(({ called }) => called < time)
    .map((operation) => (operation.returned <= time ? operation : withoutReply<Reply, Operation>(operation)))
    .filter((operation) => operation.reply !== undefined || !isRead(operation));
}

function withoutReply<Reply, Operation extends Step<Reply>>(operation: Operation): Operation {
  return { ...operation, returned: Number.POSITIVE_INFINITY, reply: undefined };
}

function withoutNeedlessReads<State, Reply, Operation extends Step<Reply>>(
  found: Failure<State, Operation>,
  model: Model<State, Operation>,
): Failure<State, Operation> {
  let shortest = found;
  for (let size = found.history.length; size >= 1; size = Math.floor(size / 2)) {
    for (let start = 0; start < shortest.history.length; ) {
      const shorter = shortest.history.filter(
        (step, place) => place < start || place >= start + size || !isRead<Reply>(step),
      );
      const stillFails = shorter.length < shortest.history.length ? failure(shorter, model) : undefined;
      if (stillFails === undefined) start += size;
      else shortest = stillFails;
    }
  }
  return shortest;
}

function isRead<Reply>({ source }: Step<Reply>): boolean {
  return source.request.kind === 'get' || source.request.kind === 'list';
}

function failure<State, Reply, Operation extends Step<Reply>>(
  history: readonly Operation[],
  model: Model<State, Operation>,
): Failure<State, Operation> | undefined {
  const verdict = search(history, model);
  return verdict.kind === 'violation' ? { history, verdict } : undefined;
}
