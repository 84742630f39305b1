/**
 * Applies puts, deletes and transactions as etcd does: all compares see the state before, and all
 * checks pass before the first write.
 */

import { etcdError, unreachable } from '../../errors.ts';
import type { KeyValueRow } from '../../sql/rows/row.ts';
import { CURRENT_ROWS, CURRENT_ROWS_WITHOUT_VALUE } from '../../sql/statements/write-statements.ts';
import { checkReadable } from '../head.ts';
import type { Keys } from '../ids.ts';
import type { Compare, CompareResult, DeleteOperation, PutOperation, TxnOperation, TxnStep } from '../operations.ts';
import { type Program, rows } from '../program.ts';
import { encodedMessage } from '../reads/encode-row.ts';
import { rangeInTransaction } from '../reads/range-page.ts';
import type { DeleteResult, PutResult, StepResult, TxnResult } from '../results.ts';
import type { WriteState } from './write-state.ts';

const noBytes = new Uint8Array(0);

/** A put outside a transaction. */
export function* putProgram(operation: PutOperation, state: WriteState): Program<PutResult> {
  yield* checkPut(operation, state);
  return yield* applyPut(operation, state);
}

/** A delete, alone or in a transaction. It needs no check. */
export function* deleteProgram(operation: DeleteOperation, state: WriteState): Program<DeleteResult> {
  const found = yield* currentRows(operation.keys, operation.previous, state);
  for (const each of found) yield* state.delete(each);
  return {
    kind: 'delete',
    revision: state.revision,
    deleted: found.length,
    previous: operation.previous ? found.map(encodedMessage) : [],
  };
}

/** A transaction: chooses the branches, checks, then writes. */
export function* txnProgram(operation: TxnOperation, state: WriteState): Program<TxnResult> {
  const plan = yield* planOf(operation, state);
  yield* checkPlan(plan, state);
  const result = yield* applyPlan(plan, state);
  return { ...result, revision: state.revision };
}

/** A transaction whose branches are chosen. */
interface Plan {
  readonly succeeded: boolean;
  readonly steps: readonly (Exclude<TxnStep, TxnOperation> | { readonly kind: 'plan'; readonly plan: Plan })[];
}

function* planOf(operation: TxnOperation, state: WriteState): Program<Plan> {
  const succeeded = yield* holds(operation.compares, state);
  const steps: Plan['steps'][number][] = [];
  for (const step of succeeded ? operation.success : operation.failure) {
    steps.push(step.kind === 'txn' ? { kind: 'plan', plan: yield* planOf(step, state) } : step);
  }
  return { succeeded, steps };
}

function* checkPlan(plan: Plan, state: WriteState): Program<void> {
  for (const step of plan.steps) {
    if (step.kind === 'plan') yield* checkPlan(step.plan, state);
    else if (step.kind === 'put') yield* checkPut(step, state);
    else if (step.kind === 'range') checkReadable(step.revision, state.head);
  }
}

/**
 * The header revision of an inner transaction is 0, as in etcd. The caller sets the one of the
 * outer transaction.
 */
function* applyPlan(plan: Plan, state: WriteState): Program<TxnResult> {
  const responses: StepResult[] = [];
  for (const step of plan.steps) responses.push(yield* applyStep(step, state));
  return { kind: 'txn', revision: 0, succeeded: plan.succeeded, responses };
}

function* applyStep(step: Plan['steps'][number], state: WriteState): Program<StepResult> {
  switch (step.kind) {
    case 'range': {
      yield* state.flush();
      const { block, more, count } = yield* rangeInTransaction(step, state.revision);
      state.readBytes += block.bytes.length;
      return { kind: 'range', revision: state.revision, blocks: [block], more, count };
    }
    case 'put':
      return yield* applyPut(step, state);
    case 'delete':
      return yield* deleteProgram(step, state);
    case 'plan':
      return yield* applyPlan(step.plan, state);
    default:
      return unreachable(step);
  }
}

function* checkPut(operation: PutOperation, state: WriteState): Program<void> {
  if (operation.lease !== 0n && (yield* state.lease(operation.lease)) === undefined) throw etcdError('leaseNotFound');
  if (!operation.ignoreValue && !operation.ignoreLease) return;
  if ((yield* state.current(operation.key)) === undefined) throw etcdError('keyNotFound');
}

function* applyPut(operation: PutOperation, state: WriteState): Program<PutResult> {
  const { key, previous: returnsPrevious, ignoreValue, ignoreLease } = operation;
  const previous = returnsPrevious || ignoreValue ? yield* state.currentWithValue(key) : undefined;
  const value = ignoreValue ? (previous?.value ?? noBytes) : operation.value;
  const leaseId = ignoreLease ? BigInt((yield* state.current(key))?.lease ?? 0) : operation.lease;
  const ttlSeconds = leaseId === 0n ? 0 : ((yield* state.lease(leaseId))?.ttlSeconds ?? 0);
  yield* state.put(key, value, { id: leaseId, ttlSeconds });
  return {
    kind: 'put',
    revision: state.revision,
    previous: returnsPrevious && previous !== undefined ? encodedMessage(previous) : undefined,
  };
}

function* currentRows(keys: Keys, withValue: boolean, state: WriteState): Program<readonly KeyValueRow[]> {
  if ('one' in keys) {
    const found = withValue ? yield* state.currentWithValue(keys.one) : yield* state.current(keys.one);
    return found === undefined ? [] : [found];
  }
  yield* state.flush();
  const statement = withValue ? CURRENT_ROWS : CURRENT_ROWS_WITHOUT_VALUE;
  const found = yield* rows(statement, keys.start, keys.end);
  for (const { value } of found) state.readBytes += value?.length ?? 0;
  return found;
}

/**
 * Whether all compares hold. A compare of an interval must hold for each key in it. If the interval
 * has no key, it must hold for a key whose numbers are all 0.
 */
function* holds(compares: readonly Compare[], state: WriteState): Program<boolean> {
  for (const compare of compares) {
    const found = yield* currentRows(compare.keys, compare.target === 'value', state);
    if (found.length === 0 ? !holdsForAbsent(compare) : !found.every((each) => holdsFor(compare, each))) return false;
  }
  return true;
}

/**
 * Whether a compare holds for a key that does not exist. Its numbers are 0; a compare of its value
 * never holds.
 */
function holdsForAbsent(compare: Compare): boolean {
  switch (compare.target) {
    case 'value':
      return false;
    case 'lease':
      return matches(compare.result, Math.sign(Number(-compare.lease)));
    default:
      return matches(compare.result, -compare.number);
  }
}

function holdsFor(compare: Compare, found: KeyValueRow): boolean {
  switch (compare.target) {
    case 'version':
      return matches(compare.result, found.version - compare.number);
    case 'create':
      return matches(compare.result, found.createRevision - compare.number);
    case 'mod':
      return matches(compare.result, found.modRevision - compare.number);
    case 'lease':
      return matches(compare.result, Math.sign(Number(BigInt(found.lease ?? 0) - compare.lease)));
    case 'value':
      return matches(compare.result, Buffer.compare(found.value ?? noBytes, compare.value));
    default:
      return unreachable(compare);
  }
}

function matches(result: CompareResult, difference: number): boolean {
  switch (result) {
    case 'equal':
      return difference === 0;
    case 'notEqual':
      return difference !== 0;
    case 'greater':
      return difference > 0;
    case 'less':
      return difference < 0;
    default:
      return unreachable(result);
  }
}
