/**
 * What operations come to. Key-values come encoded, as the wire wants them: they are encoded once, where the rows
 * are read (in SQLite: in the worker thread), and never taken apart again.
 */
import type { AuthState } from './auth/auth-state.ts';
import type { LeaseId, Revision, RowId } from './operations.ts';

/** A run of protobuf-encoded `KeyValue` messages, each as `tag length message` with the tag 0x12 (field 2), back to back. */
export interface KeyValueBlock {
  readonly bytes: Uint8Array;
  readonly count: number;
}

/** Where the store stands: id and revision of its newest row, the compacted revision (-1: never compacted, as in etcd), and users and roles. */
export interface Head {
  readonly id: RowId;
  readonly revision: Revision;
  readonly compactRevision: Revision;
  readonly authState: AuthState;
}

export interface RangeResult {
  readonly kind: 'range';
  /** For the header of this (part of the) reply. */
  readonly revision: Revision;
  /** In key order (or the order asked for), to be sent one after the other. Empty with countOnly. */
  readonly blocks: readonly KeyValueBlock[];
  readonly more: boolean;
  /** How many keys are in the range, whatever the limit. */
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
  /** The deleted key-values when asked for: encoded `KeyValue` messages, without tag and length. */
  readonly previous: readonly Uint8Array[];
}

export interface TxnResult {
  readonly kind: 'txn';
  readonly revision: Revision;
  readonly succeeded: boolean;
  readonly responses: readonly StepResult[];
}

/** What the write queue answers for operations that are not answered to a client as they are. */
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
  /** Whether it was not active before. */
  | { readonly kind: 'alarmRaise'; readonly revision: Revision; readonly raised: boolean }
  /** Whether it was active. */
  | { readonly kind: 'alarmDrop'; readonly revision: Revision; readonly dropped: boolean }
  | { readonly kind: 'auth'; readonly revision: Revision }
  | { readonly kind: 'holdCompaction' }
  | { readonly kind: 'releaseCompaction' }
  | ({ readonly kind: 'compactBite' } & CompactBite);

/** The pieces of a result in which key-values are, each with a buffer of its own when it is large. */
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

export interface CompactBite {
  readonly deletedRows: number;
  /** Between what was looked at so far and the mark; 0 when it is reached. */
  readonly idsLeft: number;
  /** Somebody reads what would go: ask again later. */
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
  /** The key as the store's text (see sql/key-text.ts): compares in the order of the key's bytes. */
  readonly key: string;
  /** The body of mvccpb.Event: type (when not PUT) and kv, without prev_kv. */
  readonly body: Uint8Array;
  /** The prev_kv field of mvccpb.Event, tag 0x1a and length included; empty when there is no previous value. */
  readonly previous: Uint8Array;
}
