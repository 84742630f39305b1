/**
 * What a client can ask for, after its request was checked: plain data, so that an operation can cross to a worker
 * thread. The server makes these, the store and the programs run them.
 */

import type { KeyText } from '../sql/key-text.ts';
import type { AuthChange } from './auth/auth-change.ts';
import type { Permit } from './auth/permit.ts';
import type { CompactionHash } from './compaction/compaction-hash.ts';
import type { Hold } from './compaction/compaction-hold.ts';
import type { Keys, LeaseId, MemberId, Revision } from './ids.ts';

export type { Keys, LeaseId, MemberId, Revision, RowId } from './ids.ts';

/** An instance over the database, as clients see it. */
export interface Member {
  readonly id: MemberId;
  readonly name: string;
  readonly clientUrls: readonly string[];
}

/** An alarm of a member's: clients may raise one for any id. */
export interface Alarm {
  readonly memberId: bigint;
  /** Its number in etcd's protocol; `alarmNumbers` names those that have an effect. */
  readonly number: number;
}

/** 0 stands for none, and for all when alarms are asked for. */
export const alarmNumbers = { none: 0, noSpace: 1, corrupt: 2 } as const;

export type SortTarget = 'key' | 'version' | 'create' | 'mod' | 'value';

export interface RangeOperation {
  readonly kind: 'range';
  readonly keys: Keys;
  /** 0 or less: the latest. (Inside a transaction etcd refuses a negative one once something was compacted.) */
  readonly revision: Revision;
  /** 0: no limit. */
  readonly limit: number;
  /** Undefined: by key, ascending, as stored. */
  readonly sort:
    | {
        readonly target: SortTarget;
        readonly descending: boolean;
        /** etcd's own: with sort order NONE, another target than the key and no revision filter, it sorts only the first `limit` + 1 keys. */
        readonly withinLimit: boolean;
      }
    | undefined;
  readonly keysOnly: boolean;
  readonly countOnly: boolean;
  /** 0: no bound, as in the request. Undefined when all four are 0. */
  readonly revisionFilter:
    | {
        readonly minMod: Revision;
        readonly maxMod: Revision;
        readonly minCreate: Revision;
        readonly maxCreate: Revision;
      }
    | undefined;
}

export interface PutOperation {
  readonly kind: 'put';
  readonly key: KeyText;
  /** Owns its bytes (not a view into a larger buffer): it crosses threads and outlives the request. Ignored with `ignoreValue`. */
  readonly value: Uint8Array;
  readonly lease: LeaseId;
  readonly previous: boolean;
  readonly ignoreValue: boolean;
  readonly ignoreLease: boolean;
}

export interface DeleteOperation {
  readonly kind: 'delete';
  readonly keys: Keys;
  /** Whether the deleted key-values are to be answered (prev_kv). */
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

/** What a branch of a transaction holds. */
export type TxnStep = RangeOperation | PutOperation | DeleteOperation | TxnOperation;

/** Everything that goes through the write queue. What a client asked for carries what it was permitted by. */
export type WriteOperation = Partial<Permit> &
  (
    | PutOperation
    | DeleteOperation
    | TxnOperation
    /** `hash`: of the same revision, computed before; it is kept with the mark. */
    | { readonly kind: 'compact'; readonly revision: Revision; readonly hash?: CompactionHash | undefined }
    | { readonly kind: 'leaseGrant'; readonly id: LeaseId; readonly ttlSeconds: number }
    | { readonly kind: 'leaseRevoke'; readonly id: LeaseId }
    /** Gives leases their whole time again. Deadlines only move later. */
    | { readonly kind: 'leaseRenew'; readonly ids: readonly LeaseId[] }
    /** Stores the time that this instance's lease clock has reached. */
    | { readonly kind: 'leaseTick'; readonly nowMs: number }
    /** Revokes this lease if it is still due, by the database's own record. */
    | { readonly kind: 'leaseExpire'; readonly id: LeaseId; readonly dueBeforeMs: number }
    | {
        readonly kind: 'memberAnnounce';
        readonly member: Member;
        /** Milliseconds since 1970, database time. */
        readonly nowMs: number;
        readonly forgetBeforeMs: number | undefined;
      }
    | { readonly kind: 'memberDrop'; readonly id: MemberId }
    /** Forgets another that was not heard of since a moment (milliseconds since 1970, database time). */
    | { readonly kind: 'memberRemove'; readonly id: MemberId; readonly silentSinceMs: number }
    | { readonly kind: 'leaderName'; readonly id: MemberId }
    /** `unlessActive`: of this member, or of any: the members share one database, and of its size one alarm is enough. */
    | { readonly kind: 'alarmRaise'; readonly alarm: Alarm; readonly unlessActive: 'same' | 'ofAny' }
    | { readonly kind: 'alarmDrop'; readonly alarm: Alarm }
    /** Users and roles. */
    | { readonly kind: 'auth'; readonly change: AuthChange }
    | ({ readonly kind: 'holdCompaction' } & Hold)
    | { readonly kind: 'releaseCompaction'; readonly holder: string }
    /** Deletes rows below the compaction mark, a bite of them, unless somebody holds it. */
    | { readonly kind: 'compactBite'; readonly nowMs: number }
  );
