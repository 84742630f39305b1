import type { Interval } from './recording.ts';
import type { Model } from './search.ts';

/**
 * Whether any order of the operations, with or without the operations in doubt, explains the
 * replies. It tries all orders, without any optimization. It is for histories of half a dozen
 * operations, on which `search` must return the same.
 */
export function isLinearizableByBruteForce<State, Operation extends Interval>(
  history: readonly Operation[],
  model: Model<State, Operation>,
): boolean {
  const certain = history.filter(({ returned }) => Number.isFinite(returned));
  const doubtful = history.filter(({ returned }) => !Number.isFinite(returned));
  return subsetsOf(doubtful).some((effective) =>
    permutationsOf([...certain, ...effective]).some((order) => keepsTime(order) && explains(order, model)),
  );
}

function subsetsOf<T>([first, ...others]: readonly T[]): T[][] {
  if (first === undefined) return [[]];
  return subsetsOf(others).flatMap((subset) => [subset, [first, ...subset]]);
}

function permutationsOf<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, place) => permutationsOf(items.toSpliced(place, 1)).map((rest) => [item, ...rest]));
}

/** No operation comes after one that was called after its return. */
function keepsTime(order: readonly Interval[]): boolean {
  return order.every((later, place) => order.slice(0, place).every((earlier) => earlier.called < later.returned));
}

function explains<State, Operation>(order: readonly Operation[], model: Model<State, Operation>): boolean {
  let state: State | undefined = model.initial;
  for (const operation of order) if (state !== undefined) state = model.step(state, operation);
  return state !== undefined;
}
