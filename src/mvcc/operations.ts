/**
 * Operations: the requests of clients after their check, and the writes of the server itself. They
 * are plain data, so that they can cross to a worker thread. The server creates them; the store and
 * the programs run them.
 */

import type { KeyText } from '../sql/key-text.ts';
import type { AuthChange } from './auth/auth-change.ts';
import type { Permit } from './auth/permit.ts';
import type { CompactionHash } from './compaction/compaction-hash.ts';
import type { Hold } from './compaction/compaction-hold.ts';
import type { Keys, LeaseId, MemberId, Revision } from './ids.ts';
import type { SnapshotClaimStep } from './snapshot/snapshot-claim.ts';

/** An instance that uses the database, as clients see it. */
export interface Member {
  readonly id: MemberId;
  readonly name: string;
  readonly clientUrls: readonly string[];
}

/** An alarm of a member. Clients may raise an alarm for any id. */
export interface Alarm {
  readonly memberId: bigint;
  /** Its number in etcd's protocol. `alarmNumbers` names the alarms that have an effect. */
  readonly number: number;
}

/** 0 means no alarm; in a request for alarms it means all alarms. */
export const alarmNumbers = { none: 0, noSpace: 1, corrupt: 2 } as const;

export type SortTarget = 'key' | 'version' | 'create' | 'mod' | 'value';

export interface RangeOperation {
  readonly kind: 'range';
  readonly keys: Keys;
  /**
   * 0 or less: the latest. Inside a transaction, etcd refuses a negative revision after the first
   * compaction.
   */
  readonly revision: Revision;
  /** 0: no limit. */
  readonly limit: number;
  /** Undefined: by key, ascending, as stored. */
  readonly sort:
    | {
        readonly target: SortTarget;
        readonly descending: boolean;
        /**
         * As in etcd: with sort order NONE, a target other than the key, and no revision filter,
         * only the first `limit` + 1 keys are sorted.
         */
        readonly withinLimit: boolean;
      }
    | undefined;
  readonly keysOnly: boolean;
  readonly countOnly: boolean;
  /** 0: no bound, as in the request. Undefined if all four are 0. */
  readonly revisionFilter:
    | {
        readonly minMod: Revision;
        readonly maxMod: Revision;
        readonly minCreate: Revision;
        readonly maxCreate: Revision;
      }
    | undefined;
}

/** A range of the newest key-values, without its keys. */
export const newestRange = {
  kind: 'range',
  revision: 0,
  limit: 0,
  sort: undefined,
  keysOnly: false,
  countOnly: false,
  revisionFilter: undefined,
} as const satisfies Omit<RangeOperation, 'keys'>;

export interface PutOperation {
  readonly kind: 'put';
  readonly key: KeyText;
  /**
   * A buffer of its own, not a view into a larger one, because it crosses threads and outlives the
   * request. Ignored with `ignoreValue`.
   */
  readonly value: Uint8Array;
  readonly lease: LeaseId;
  readonly previous: boolean;
  readonly ignoreValue: boolean;
  readonly ignoreLease: boolean;
}

export interface DeleteOperation {
  readonly kind: 'delete';
  readonly keys: Keys;
  /** Whether the reply contains the deleted key-values (prev_kv). */
  readonly previous: boolean;
}

export type CompareResult = 'equal' | 'greater' | 'less' | 'notEqual';

export type Compare = { readonly keys: Keys; readonly result: CompareResult } & (
  | { readonly target: 'version' | 'create' | 'mod'; readonly number: number }
  | { readonly target: 'lease'; readonly lease: LeaseId }
  | { readonly target: 'value'; readonly value: Uint8Array }
);

export interface TxnOperation {
  readonly kind: 'txn';
  readonly compares: readonly Compare[];
  readonly success: readonly TxnStep[];
  readonly failure: readonly TxnStep[];
}

/** An operation in a branch of a transaction. */
export type TxnStep = RangeOperation | PutOperation | DeleteOperation | TxnOperation;

/** Everything that passes through the write queue. A client's operation contains its permit. */
export type WriteOperation = Partial<Permit> &
  (
    | PutOperation
    | DeleteOperation
    | TxnOperation
    /**
     * `hash`: the hash at the same revision, computed before. It is stored together with the mark.
     */
    | { readonly kind: 'compact'; readonly revision: Revision; readonly hash?: CompactionHash | undefined }
    | { readonly kind: 'leaseGrant'; readonly id: LeaseId; readonly ttlSeconds: number }
    | { readonly kind: 'leaseRevoke'; readonly id: LeaseId }
    /** Restarts the TTL of leases. Deadlines only move later. */
    | { readonly kind: 'leaseRenew'; readonly ids: readonly LeaseId[] }
    /** Stores the time of this instance's lease clock. */
    | { readonly kind: 'leaseTick'; readonly nowMs: number }
    /** Revokes a lease if it is still due according to the database. */
    | { readonly kind: 'leaseExpire'; readonly id: LeaseId; readonly dueBeforeMs: number }
    | {
        readonly kind: 'memberAnnounce';
        readonly member: Member;
        /** Milliseconds since 1970, database time. */
        readonly nowMs: number;
        readonly forgetBeforeMs: number | undefined;
      }
    | { readonly kind: 'memberDrop'; readonly id: MemberId }
    /**
     * Removes another member that did not renew its row since a moment (milliseconds since 1970,
     * database time).
     */
    | { readonly kind: 'memberRemove'; readonly id: MemberId; readonly silentSinceMs: number }
    | { readonly kind: 'leaderName'; readonly id: MemberId }
    /**
     * `unlessActive`: no alarm is raised if this member (`same`) or any member (`ofAny`) has it
     * already. The members share one database, so one alarm for its size is enough.
     */
    | { readonly kind: 'alarmRaise'; readonly alarm: Alarm; readonly unlessActive: 'same' | 'ofAny' }
    | { readonly kind: 'alarmDrop'; readonly alarm: Alarm }
    /** A change of users, roles or auth. */
    | { readonly kind: 'auth'; readonly change: AuthChange }
    | ({ readonly kind: 'holdCompaction' } & Hold)
    | { readonly kind: 'releaseCompaction'; readonly holder: string }
    /** Changes the claim to a slot of snapshots by schedule. */
    | { readonly kind: 'snapshotClaim'; readonly change: SnapshotClaimStep }
    /** Deletes one chunk of rows below the compaction mark, unless a hold exists. */
    | { readonly kind: 'compactChunk'; readonly nowMs: number; readonly idsMax: number }
  );
