/** A batch worked out from memory, without a read. */

import type { WriteOperation } from '../operations.ts';
import { expectedRows, type Query } from '../program.ts';
import type { KnownState, LockNumber } from './known-state.ts';
import { namedBy } from './named.ts';
import { type BatchResult, runBatch } from './write-batch.ts';
import { type BatchOptions, tellsEvents, WriteState } from './write-state.ts';

export interface PlannedBatch {
  /** Counts if the queries ran in the state that the plan is for. */
  readonly result: BatchResult;
  /** Changes by lists, in their order. */
  readonly queries: readonly Query[];
  /** The state of the store that the plan is for. */
  readonly number: LockNumber;
  /** Names that no row has in that state: this was not looked up. */
  readonly unusedNames: readonly string[];
}

/** Undefined: it takes a read, or writes nothing. */
export function planBatch(
  operations: readonly WriteOperation[],
  options: BatchOptions,
  known: KnownState,
): PlannedBatch | undefined {
  const named = namedBy(operations);
  const withEvents = tellsEvents(named, options);
  const recalled = known.recall(named, { withValues: withEvents });
  if (recalled === undefined) return undefined;
  const program = runBatch(operations, WriteState.remembered(recalled, { withEvents }), options);
  const step = program.next();
  if (step.done === true || !step.value.every(({ isLast }) => isLast)) return undefined;
  const end = program.next(expectedRows(step.value));
  if (end.done !== true) return undefined;
  return { result: end.value, queries: step.value, number: recalled.number, unusedNames: recalled.unusedNames };
}
