/** The interface between the server and the store. `openStore` creates a store. */

import type { SnapshotOptions } from '../backend/snapshot-reading.ts';
import type { Permit } from '../mvcc/auth/permit.ts';
import type { LeaseId, MemberId, Revision } from '../mvcc/ids.ts';
import type { Alarm, DeleteOperation, Member, PutOperation, RangeOperation, TxnOperation } from '../mvcc/operations.ts';
import type { DeleteResult, Head, LeaseStatus, PutResult, RangeResult, TxnResult } from '../mvcc/results.ts';
import type { KeyText } from '../sql/key-text.ts';
import type { EventSource } from '../watch/events/event-source.ts';
import type { AuthStore } from './auth-store.ts';
import type { Requester } from './queues/requester.ts';
import type { KeysHash } from './reads/key-hasher.ts';
import type { Snapshot } from './reads/snapshots.ts';
import type { SnapshotClaims } from './snapshot-claims.ts';
import type { StoreStatistics } from './store-statistics.ts';

/**
 * The requester of a write, and the permit under which it was allowed; undefined: the server's own
 * write.
 */
export interface Permitted {
  readonly permit: Permit | undefined;
  readonly requester: Requester;
}

/** A lease at a revision, and its keys, if requested. Undefined: the lease does not exist. */
export interface LeaseState {
  readonly revision: Revision;
  readonly lease: LeaseStatus | undefined;
  /** With a fraction. Negative between the deadline of a lease and its end. */
  readonly remainingSeconds: number;
  readonly keys: readonly KeyText[];
}

/**
 * Every method rejects with `EtcdError` (the client's mistake) or `DriverError` (a failure of the
 * database). Waiting requests take turns by the origins of their requesters. A request that was
 * cancelled while it waited does not begin and rejects with `canceled`.
 */
export interface Store {
  /** Linearizable: reads a snapshot taken after the call. */
  range(operation: RangeOperation, requester: Requester): Promise<RangeResult>;
  /**
   * The same in parts, at one revision, as they are read. `more` and `count` are right in the last
   * part only. Take the next part when it can be sent.
   */
  rangeParts(operation: RangeOperation, requester: Requester): AsyncIterable<RangeResult>;
  put(operation: PutOperation, by: Permitted): Promise<PutResult>;
  deleteRange(operation: DeleteOperation, by: Permitted): Promise<DeleteResult>;
  txn(operation: TxnOperation, by: Permitted): Promise<TxnResult>;
  /** Resolves when the mark is set; with `physical`, when the rows are deleted too. */
  compact(request: { revision: Revision; physical: boolean }, by: Permitted): Promise<{ revision: Revision }>;
  /** id 0n: the store chooses one. */
  leaseGrant(
    request: { id: LeaseId; ttlSeconds: number },
    by: Permitted,
  ): Promise<{ revision: Revision; id: LeaseId; ttlSeconds: number }>;
  leaseRevoke(id: LeaseId, by: Permitted): Promise<{ revision: Revision }>;
  /**
   * ttlSeconds 0: the lease does not exist. Nothing is renewed if `isPermitted` returns false after
   * the lease was looked up.
   */
  leaseKeepAlive(
    id: LeaseId,
    isPermitted: () => boolean,
    requester: Requester,
  ): Promise<{ revision: Revision; ttlSeconds: number }>;
  leaseTimeToLive(request: { id: LeaseId; keys: boolean }, requester: Requester): Promise<LeaseState>;
  /** `keys`: the keys that are attached to any of the leases, if requested. */
  leases(
    request: { keys: boolean },
    requester: Requester,
  ): Promise<{ revision: Revision; leases: readonly LeaseStatus[]; keys: readonly KeyText[] }>;
  /** The current number of keys. The cost is a walk over all keys. */
  keyCount(): Promise<number>;
  /** The current number of leases. */
  leaseCount(): Promise<number>;
  /** Reads the head from the database: linearizable. Rejects during an outage of the database. */
  head(requester: Requester): Promise<Head>;
  /** The newest head that this process has seen, without a read. */
  readonly latestHead: Head;
  /** The cluster id that clients see; 0n until the database was reached for the first time. */
  readonly clusterId: bigint;
  /** The instances that use this database now, ordered by id; never empty. */
  members(requester: Requester): Promise<readonly Member[]>;
  /** The members at the last read, without a new read. */
  readonly knownMembers: readonly Member[];
  /**
   * The instance that clients see as the leader, at the same moment as `knownMembers`. Every
   * instance accepts writes.
   */
  readonly knownLeader: MemberId;
  /** Removes a member, unless it has sent a heartbeat a moment ago. */
  removeMember(id: MemberId, requester: Requester): Promise<'removed' | 'running' | 'unknown'>;
  nameLeader(id: MemberId, requester: Requester): Promise<void>;
  /** Bytes of the database on disk, and the bytes of them in use. */
  size(requester: Requester): Promise<{ bytes: number; inUseBytes: number }>;
  /** Releases unused space, and resolves when it is done. Requests are served meanwhile. */
  defragment(): Promise<void>;
  /** False: no write succeeds until the database is repaired. */
  readonly takesWrites: boolean;
  /**
   * Reads the active alarms and the head from the database. Rejects during an outage of the
   * database.
   */
  alarms(requester: Requester): Promise<{ head: Head; alarms: readonly Alarm[] }>;
  /** Raises an alarm. From now on every instance refuses what etcd refuses under it. */
  raiseAlarm(alarm: Alarm, requester: Requester): Promise<{ revision: Revision }>;
  /** `dropped`: whether the alarm was active. */
  dropAlarm(alarm: Alarm, requester: Requester): Promise<{ revision: Revision; dropped: boolean }>;
  /** Users and roles. */
  readonly auth: AuthStore;
  /** The hash of the keys' history up to a revision (0: the newest), computed as in etcd. */
  hashKeys(revision: Revision, requester: Requester & { readonly signal: AbortSignal }): Promise<KeysHash>;
  /**
   * A hash of everything, including leases, users and roles: the hash of a snapshot of this moment.
   */
  hash(options: SnapshotOptions): Promise<{ readonly revision: Revision; readonly hash: number }>;
  /** Takes a snapshot, which lasts until `use` is done. */
  snapshot(options: SnapshotOptions, use: (snapshot: Snapshot) => Promise<void>): Promise<void>;
  /** Claims to the slots of snapshots by schedule. */
  readonly snapshotClaims: SnapshotClaims;
  /** The counts since the start, for metrics. Available during an outage of the database too. */
  statistics(): Promise<StoreStatistics>;
  /** The events that the watch hub follows. */
  readonly events: EventSource;
  /**
   * Accepts no more work, finishes what is under way, and closes the database. Resolves after
   * `msMax` at the latest, whatever the database does.
   */
  close(msMax: number): Promise<void>;
}
