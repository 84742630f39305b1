/** What the server asks of the store. `openStore` makes one. */
import type { SnapshotOptions } from '../backend/snapshot-reading.ts';
import type { Permit } from '../mvcc/auth/permit.ts';
import type {
  Alarm,
  DeleteOperation,
  LeaseId,
  Member,
  MemberId,
  PutOperation,
  RangeOperation,
  Revision,
  TxnOperation,
} from '../mvcc/operations.ts';
import type { DeleteResult, Head, LeaseStatus, PutResult, RangeResult, TxnResult } from '../mvcc/results.ts';
import type { KeyText } from '../sql/key-text.ts';
import type { EventSource } from '../watch/event-source.ts';
import type { AuthStore } from './auth-store.ts';
import type { KeysHash } from './key-hasher.ts';
import type { Requester } from './requester.ts';
import type { Snapshot } from './snapshots.ts';
import type { StoreStatistics } from './store-statistics.ts';

/** Who asks for a write, and what it was permitted by; undefined: it is the server's own. */
export interface Permitted {
  readonly permit: Permit | undefined;
  readonly requester: Requester;
}

/**
 * Every method rejects with `EtcdError` (the client's mistake) or `DriverError` (a failure of the database). Requests that wait take turns by their requesters' origins;
 * one that was given up while it waited is not begun and rejects with `canceled`.
 */
export interface Store {
  /** Linearizable: read from a snapshot taken after the call. */
  range(operation: RangeOperation, requester: Requester): Promise<RangeResult>;
  /** The same in parts, at one revision, as they are read. `more` and `count` are right in the last part only. Pull the next when it can be sent. */
  rangeParts(operation: RangeOperation, requester: Requester): AsyncIterable<RangeResult>;
  put(operation: PutOperation, by: Permitted): Promise<PutResult>;
  deleteRange(operation: DeleteOperation, by: Permitted): Promise<DeleteResult>;
  txn(operation: TxnOperation, by: Permitted): Promise<TxnResult>;
  /** Resolves when the mark is set; with `physical` when the rows are gone too. */
  compact(request: { revision: Revision; physical: boolean }, by: Permitted): Promise<{ revision: Revision }>;
  /** id 0n: one is chosen. */
  leaseGrant(
    request: { id: LeaseId; ttlSeconds: number },
    by: Permitted,
  ): Promise<{ revision: Revision; id: LeaseId; ttlSeconds: number }>;
  leaseRevoke(id: LeaseId, by: Permitted): Promise<{ revision: Revision }>;
  /** ttlSeconds 0: no such lease. Nothing is renewed when `isPermitted` says no after the lease was looked up. */
  leaseKeepAlive(
    id: LeaseId,
    isPermitted: () => boolean,
    requester: Requester,
  ): Promise<{ revision: Revision; ttlSeconds: number }>;
  leaseTimeToLive(
    request: { id: LeaseId; keys: boolean },
    requester: Requester,
  ): Promise<{
    revision: Revision;
    lease: LeaseStatus | undefined;
    remainingSeconds: number;
    keys: readonly KeyText[];
  }>;
  /** `keys`: those that hang on any of them, when asked for. */
  leases(
    request: { keys: boolean },
    requester: Requester,
  ): Promise<{ revision: Revision; leases: readonly LeaseStatus[]; keys: readonly KeyText[] }>;
  /** How many keys there are now: it costs a walk over them. */
  keyCount(): Promise<number>;
  /** How many leases there are now. */
  leaseCount(): Promise<number>;
  /** Read from the database now: linearizable. Rejects while the database is away. */
  head(requester: Requester): Promise<Head>;
  /** The newest head this process has seen, without asking. */
  readonly latestHead: Head;
  /** The id by which clients know the database; 0n, which is none, until it was reached for the first time. */
  readonly clusterId: bigint;
  /** The instances over this database that are there now, by id; never empty. */
  members(requester: Requester): Promise<readonly Member[]>;
  /** The same as far as this process knows, without asking. */
  readonly knownMembers: readonly Member[];
  /** The instance that clients are told is the leader, of the same moment. Every one takes writes. */
  readonly knownLeader: MemberId;
  /** Forgets an instance, unless it was heard of a moment ago. */
  removeMember(id: MemberId, requester: Requester): Promise<'removed' | 'running' | 'unknown'>;
  nameLeader(id: MemberId, requester: Requester): Promise<void>;
  /** Bytes of the database on disk, and of those in use. */
  size(requester: Requester): Promise<{ bytes: number; inUseBytes: number }>;
  /** Gives unused space back, and answers when it is done. Requests go on meanwhile. */
  defragment(): Promise<void>;
  /** False: no write succeeds until somebody does something about the database. */
  readonly takesWrites: boolean;
  /** The active alarms and the head, read from the database now. Rejects while it is away. */
  alarms(requester: Requester): Promise<{ head: Head; alarms: readonly Alarm[] }>;
  /** From here on every instance refuses what etcd refuses under it. */
  raiseAlarm(alarm: Alarm, requester: Requester): Promise<{ revision: Revision }>;
  /** Whether it was active. */
  dropAlarm(alarm: Alarm, requester: Requester): Promise<{ revision: Revision; dropped: boolean }>;
  /** Users and roles. */
  readonly auth: AuthStore;
  /** The hash of the keys' history up to a revision (0: the newest), as etcd computes it. */
  hashKeys(revision: Revision, requester: Requester & { readonly signal: AbortSignal }): Promise<KeysHash>;
  /** A hash of all there is, leases, users and roles included: that of a snapshot of this moment. */
  hash(options: SnapshotOptions): Promise<{ readonly revision: Revision; readonly hash: number }>;
  /** Takes a snapshot, which lasts until `use` is done. */
  snapshot(options: SnapshotOptions, use: (snapshot: Snapshot) => Promise<void>): Promise<void>;
  /** What was counted since the start, for metrics. Answers also while the database is away. */
  statistics(): Promise<StoreStatistics>;
  /** What the watch hub follows. */
  readonly events: EventSource;
  /** Stops taking work, finishes what is under way, closes the database. */
  close(): Promise<void>;
}
