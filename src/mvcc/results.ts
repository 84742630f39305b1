/**
 * The results of operations. Key-values are encoded in the format of the wire: once, where the rows
 * are read (on SQLite often in a thread), and never decoded again.
 */

import type { AuthState } from './auth/auth-state.ts';
import type { LeaseId, Revision, RowId } from './ids.ts';
import type { SnapshotClaimResult } from './snapshot/snapshot-claim.ts';

/**
 * Protobuf-encoded `KeyValue` messages back to back, each as `tag length message` with the tag 0x12
 * (field 2).
 */
export interface KeyValueBlock {
  readonly bytes: Uint8Array;
  readonly count: number;
}

/**
 * The head: id and revision of the newest row, the compacted revision (-1: never compacted, as in
 * etcd), and the state of users and roles.
 */
export interface Head {
  readonly id: RowId;
  readonly revision: Revision;
  readonly compactRevision: Revision;
  readonly authState: AuthState;
}

/** The database has lost its newest rows, for example because a backup was restored. */
export interface Rewind {
  /** The newest head that was known before. */
  readonly from: Head;
  /** The head now. Rows up to its id may be others than before. */
  readonly to: Head;
}

export interface RangeResult {
  readonly kind: 'range';
  /** For the header of this reply or part of a reply. */
  readonly revision: Revision;
  /**
   * In the order of the keys or in the requested order, to be sent one after the other. Empty with
   * countOnly.
   */
  readonly blocks: readonly KeyValueBlock[];
  readonly more: boolean;
  /** The number of keys in the range, independent of the limit. */
  readonly count: number;
}

export interface PutResult {
  readonly kind: 'put';
  readonly revision: Revision;
  /** One encoded `KeyValue` message, without tag and length. */
  readonly previous: Uint8Array | undefined;
}

export interface DeleteResult {
  readonly kind: 'delete';
  readonly revision: Revision;
  readonly deleted: number;
  /** The deleted key-values if requested: encoded `KeyValue` messages, without tag and length. */
  readonly previous: readonly Uint8Array[];
}

export interface TxnResult {
  readonly kind: 'txn';
  readonly revision: Revision;
  readonly succeeded: boolean;
  readonly responses: readonly StepResult[];
}

/** The results of all operations that pass through the write queue. */
export type WriteResult =
  | PutResult
  | DeleteResult
  | TxnResult
  | { readonly kind: 'compact'; readonly revision: Revision }
  | { readonly kind: 'leaseGrant'; readonly revision: Revision }
  | { readonly kind: 'leaseRevoke'; readonly revision: Revision }
  | { readonly kind: 'leaseRenew' }
  | { readonly kind: 'leaseTick'; readonly storedMs: number }
  | { readonly kind: 'leaseExpire'; readonly expired: boolean }
  | { readonly kind: 'memberAnnounce' }
  | { readonly kind: 'memberDrop' }
  | { readonly kind: 'memberRemove'; readonly outcome: 'removed' | 'running' | 'unknown' }
  | { readonly kind: 'leaderName' }
  /** `raised`: false if the alarm was active before. */
  | { readonly kind: 'alarmRaise'; readonly revision: Revision; readonly raised: boolean }
  /** `dropped`: whether the alarm was active. */
  | { readonly kind: 'alarmDrop'; readonly revision: Revision; readonly dropped: boolean }
  | { readonly kind: 'auth'; readonly revision: Revision }
  | { readonly kind: 'holdCompaction' }
  | { readonly kind: 'releaseCompaction' }
  | ({ readonly kind: 'snapshotClaim' } & SnapshotClaimResult)
  | ({ readonly kind: 'compactChunk' } & CompactedChunk);

/** The parts of a result that contain key-values. A large part has a buffer of its own. */
export function* keyValueBytes(result: WriteResult | StepResult): Generator<Uint8Array> {
  switch (result.kind) {
    case 'range':
      for (const { bytes } of result.blocks) yield bytes;
      break;
    case 'put':
      if (result.previous !== undefined) yield result.previous;
      break;
    case 'delete':
      yield* result.previous;
      break;
    case 'txn':
      for (const response of result.responses) yield* keyValueBytes(response);
      break;
    default:
  }
}

export interface CompactedChunk {
  readonly deletedRows: number;
  /** The number of ids between the end of this chunk and the mark; 0 at the mark. */
  readonly idsLeft: number;
  /** A hold exists: nothing was deleted, try again later. */
  readonly isHeld: boolean;
}

export type StepResult = RangeResult | PutResult | DeleteResult | TxnResult;

export interface LeaseStatus {
  readonly id: LeaseId;
  /** Seconds, as granted. */
  readonly ttlSeconds: number;
  readonly expiresAtMs: number;
}

/** One event, encoded once for all its watchers. */
export interface LogEvent {
  readonly id: RowId;
  readonly revision: Revision;
  readonly type: 'put' | 'delete';
  /**
   * The key in the text form of the database (sql/key-text.ts). It sorts in the order of the key's
   * bytes.
   */
  readonly key: string;
  /** The body of mvccpb.Event: type (when not PUT) and kv, without prev_kv. */
  readonly body: Uint8Array;
  /**
   * The prev_kv field of mvccpb.Event with tag 0x1a and length; empty if there is no previous
   * value.
   */
  readonly previous: Uint8Array;
}
