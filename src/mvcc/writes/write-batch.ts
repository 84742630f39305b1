/**
 * Runs one batch of the write queue: its operations one after the other, each with a result of its
 * own.
 */
import { EtcdError, type EtcdErrorName, unreachable } from '../../errors.ts';
import { limits } from '../../limits.ts';
import { changeAuth } from '../auth/auth-changes.ts';
import { checkPermit } from '../auth/check-permit.ts';
import { dropAlarm, raiseAlarm, refuseUnderAlarm } from '../cluster/alarms.ts';
import { announceMember, dropMember, nameLeader, removeMember } from '../cluster/members.ts';
import { compactChunk, setCompactMark } from '../compaction/compact.ts';
import { holdCompaction, releaseCompaction } from '../compaction/compaction-hold.ts';
import { tickLeaseClock } from '../leases/lease-clock.ts';
import { expireLease, grantLease, renewLeases, revokeLease } from '../leases/leases.ts';
import type { WriteOperation } from '../operations.ts';
import type { Program } from '../program.ts';
import type { PackedBatchEvents } from '../reads/events.ts';
import { type Head, keyValueBytes, type WriteResult } from '../results.ts';
import { changeSnapshotClaim } from '../snapshot/snapshot-claim.ts';
import { namedKeys } from './named-keys.ts';
import type { FinalState } from './state-cache.ts';
import { deleteProgram, putProgram, txnProgram } from './txn.ts';
import { type BatchOptions, WriteState } from './write-state.ts';

/**
 * The outcome of one operation: its result, or the name of the client's error, and the bytes of
 * values that it read.
 */
export type WriteOutcome = ({ readonly result: WriteResult } | { readonly error: EtcdErrorName }) & {
  readonly readBytes: number;
};

export interface BatchResult {
  /**
   * The outcomes of the first operations. The others were not started, because the first ones read
   * as many bytes, or wrote as many rows, as one batch may.
   */
  readonly outcomes: readonly WriteOutcome[];
  /** The head after the batch. */
  readonly head: Head;
  /** The newest row before the batch. Undefined if the batch ran in parts. */
  readonly opened?: Pick<Head, 'id' | 'revision'> | undefined;
  /** The events of the batch, if requested and complete. */
  readonly events?: PackedBatchEvents | undefined;
  /** The state of the store at the end of the batch, if requested. */
  readonly finalState?: FinalState | undefined;
}

/**
 * The buffers of a batch that a thread transfers instead of copying. An operation that failed in
 * the database has no result.
 */
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
 * Runs a batch. The caller holds the revision lock and commits. A client's error is found before
 * its operation writes, so the operation has no effect. Any other error fails the whole batch.
 */
export function* writeBatch(operations: readonly WriteOperation[], options: BatchOptions): Program<BatchResult> {
  return yield* runBatch(operations, yield* WriteState.open(namedKeys(operations), options), options);
}

/** Runs a batch on a state that was read before. */
export function* runBatch(
  operations: readonly WriteOperation[],
  state: WriteState,
  { withFinalState }: BatchOptions,
): Program<BatchResult> {
  const outcomes: WriteOutcome[] = [];
  for (const operation of operations) {
    const readBytesBefore = state.readBytes;
    const outcome = yield* outcomeOf(operation, state);
    outcomes.push({ ...outcome, readBytes: state.readBytes - readBytesBefore });
    state.settle();
    if (state.readBytes >= limits.writeBatchReadBytesMax || state.rowCount >= limits.writeBatchRowsMax) break;
  }
  yield* state.flush('last');
  const finalState = withFinalState === true ? state.finalState() : undefined;
  return { outcomes, head: state.head, opened: state.opened, events: state.events(), finalState };
}

function* outcomeOf(
  operation: WriteOperation,
  state: WriteState,
): Program<{ readonly result: WriteResult } | { readonly error: EtcdErrorName }> {
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
    case 'compactChunk':
      return { kind: 'compactChunk', ...(yield* compactChunk(operation, state)) };
    case 'holdCompaction':
      yield* holdCompaction(operation);
      return { kind: 'holdCompaction' };
    case 'releaseCompaction':
      yield* releaseCompaction(operation.holder);
      return { kind: 'releaseCompaction' };
    case 'snapshotClaim':
      return { kind: 'snapshotClaim', ...(yield* changeSnapshotClaim(operation.change)) };
    default:
      return unreachable(operation);
  }
}
