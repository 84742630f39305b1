/** Plans a batch from the state cache, without a read. */

import type { WriteOperation } from '../operations.ts';
import { expectedRows, type Query } from '../program.ts';
import { namedKeys } from './named-keys.ts';
import type { LockNumber, StateCache } from './state-cache.ts';
import { type BatchResult, runBatch } from './write-batch.ts';
import { type BatchOptions, returnsEvents, WriteState } from './write-state.ts';

export interface PlannedBatch {
  /** The result if the queries run in the planned state of the store. */
  readonly result: BatchResult;
  /** Changes by lists, in the order in which they run. */
  readonly queries: readonly Query[];
  /** Identifies the state of the store for which the batch was planned. */
  readonly number: LockNumber;
  /** Names that the plan assumes to be unused in that state. The guarded write checks them. */
  readonly unusedNames: readonly string[];
}

/** Plans a batch. Undefined: the batch needs a read, or writes nothing. */
export function planBatch(
  operations: readonly WriteOperation[],
  options: BatchOptions,
  cache: StateCache,
): PlannedBatch | undefined {
  const named = namedKeys(operations);
  const withEvents = returnsEvents(named, options);
  const cached = cache.get(named, { withValues: withEvents });
  if (cached === undefined) return undefined;
  const program = runBatch(operations, WriteState.fromCache(cached, { withEvents }), options);
  const step = program.next();
  if (step.done === true || !step.value.every(({ isLast }) => isLast)) return undefined;
  const end = program.next(expectedRows(step.value));
  if (end.done !== true) return undefined;
  return { result: end.value, queries: step.value, number: cached.number, unusedNames: cached.unusedNames };
}
