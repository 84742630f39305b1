/** One batch of the write queue: its operations one after the other, each with a result of its own. */
import { EtcdError, type EtcdErrorName, unreachable } from '../../errors.ts';
import { limits } from '../../limits.ts';
import { changeAuth } from '../auth/auth-changes.ts';
import { checkPermit } from '../auth/check-permit.ts';
import { dropAlarm, raiseAlarm, refuseUnderAlarm } from '../cluster/alarms.ts';
import { announceMember, dropMember, nameLeader, removeMember } from '../cluster/members.ts';
import { compactBite, setCompactMark } from '../compaction/compact.ts';
import { holdCompaction, releaseCompaction } from '../compaction/compaction-hold.ts';
import { tickLeaseClock } from '../leases/lease-clock.ts';
import { expireLease, grantLease, renewLeases, revokeLease } from '../leases/leases.ts';
import type { WriteOperation } from '../operations.ts';
import type { Program } from '../program.ts';
import type { PackedBatchEvents } from '../reads/events.ts';
import { type Head, keyValueBytes, type WriteResult } from '../results.ts';
import type { Learned } from './known-state.ts';
import { namedBy } from './named.ts';
import { deleteProgram, putProgram, txnProgram } from './txn.ts';
import { type BatchOptions, WriteState } from './write-state.ts';

/** What one operation came to: its result, or the client's mistake by name. */
export type WriteOutcome = { readonly result: WriteResult } | { readonly error: EtcdErrorName };

export interface BatchResult {
  /** Of the first operations; the others were not begun, because these read as many bytes as one batch may. */
  readonly outcomes: readonly WriteOutcome[];
  /** After the batch. */
  readonly head: Head;
  /** What the batch did, where that was asked for and is known. */
  readonly events?: PackedBatchEvents | undefined;
  /** What the batch knows of the store, where that was asked for. */
  readonly learned?: Learned | undefined;
}

/** The buffers of a batch that a thread hands over instead of copying them. An operation that failed in the database has no result. */
export function* handedOverByBatch({
  outcomes,
  events,
}: {
  readonly outcomes: readonly (WriteOutcome | { readonly failure: unknown })[];
  readonly events?: PackedBatchEvents | undefined;
}): Generator<Uint8Array> {
  if (events !== undefined) yield events.events.bytes;
  for (const outcome of outcomes) if ('result' in outcome) yield* keyValueBytes(outcome.result);
}

/**
 * Runs a batch; the caller holds the revision lock and commits. A client's mistake is found before its operation writes, so
 * that it leaves nothing behind; any other error fails the whole batch.
 */
export function* writeBatch(operations: readonly WriteOperation[], options: BatchOptions): Program<BatchResult> {
  return yield* runBatch(operations, yield* WriteState.open(namedBy(operations), options), options);
}

/** The same over a state that is known already. */
export function* runBatch(
  operations: readonly WriteOperation[],
  state: WriteState,
  { learns }: BatchOptions,
): Program<BatchResult> {
  const outcomes: WriteOutcome[] = [];
  for (const operation of operations) {
    outcomes.push(yield* outcomeOf(operation, state));
    state.settle();
    if (state.readBytes >= limits.writeBatchReadBytesMax) break;
  }
  yield* state.flush('last');
  const learned = learns === true ? state.learned() : undefined;
  return { outcomes, head: state.head, events: state.events(), learned };
}

function* outcomeOf(operation: WriteOperation, state: WriteState): Program<WriteOutcome> {
  try {
    refuseUnderAlarm(operation, state.alarms);
    yield* checkPermit(operation, state);
    return { result: yield* apply(operation, state) };
  } catch (error) {
    if (!(error instanceof EtcdError) || error.entry === undefined) throw error;
    return { error: error.entry };
  }
}

function* apply(operation: WriteOperation, state: WriteState): Program<WriteResult> {
  switch (operation.kind) {
    case 'put':
      return yield* putProgram(operation, state);
    case 'delete':
      return yield* deleteProgram(operation, state);
    case 'txn':
      return yield* txnProgram(operation, state);
    case 'compact':
      yield* setCompactMark(operation, state);
      return { kind: 'compact', revision: state.revision };
    case 'leaseGrant':
      yield* grantLease(operation, state);
      return { kind: 'leaseGrant', revision: state.revision };
    case 'leaseRevoke':
      yield* revokeLease(operation.id, state);
      return { kind: 'leaseRevoke', revision: state.revision };
    case 'leaseRenew':
      yield* renewLeases(operation, state);
      return { kind: 'leaseRenew' };
    case 'leaseTick':
      return { kind: 'leaseTick', storedMs: yield* tickLeaseClock(operation.nowMs, state) };
    case 'leaseExpire':
      return { kind: 'leaseExpire', expired: yield* expireLease(operation, state) };
    case 'memberAnnounce':
      yield* announceMember(operation);
      return { kind: 'memberAnnounce' };
    case 'memberDrop':
      yield* dropMember(operation.id);
      return { kind: 'memberDrop' };
    case 'memberRemove':
      return { kind: 'memberRemove', outcome: yield* removeMember(operation) };
    case 'leaderName':
      yield* nameLeader(operation.id);
      return { kind: 'leaderName' };
    case 'alarmRaise':
      return { kind: 'alarmRaise', revision: state.revision, raised: yield* raiseAlarm(operation, state) };
    case 'alarmDrop':
      return { kind: 'alarmDrop', revision: state.revision, dropped: yield* dropAlarm(operation.alarm, state) };
    case 'auth':
      yield* changeAuth(operation.change, state);
      return { kind: 'auth', revision: state.revision };
    case 'compactBite':
      return { kind: 'compactBite', ...(yield* compactBite(operation, state)) };
    case 'holdCompaction':
      yield* holdCompaction(operation);
      return { kind: 'holdCompaction' };
    case 'releaseCompaction':
      yield* releaseCompaction(operation.holder);
      return { kind: 'releaseCompaction' };
    default:
      return unreachable(operation);
  }
}
