/** What the server asks of the store. `openStore` makes one. */
import type {
  Alarm,
  DeleteOperation,
  LeaseId,
  Member,
  PutOperation,
  RangeOperation,
  Revision,
  TxnOperation,
} from '../mvcc/operations.ts';
import type { DeleteResult, Head, LeaseStatus, PutResult, RangeResult, TxnResult } from '../mvcc/results.ts';
import type { EventSource } from '../watch/event-source.ts';

/** Every method rejects with `EtcdError` (the client's mistake) or `DriverError` (the database's weather). */
export interface Store {
  /** Linearizable: read from a snapshot taken after the call. */
  range(operation: RangeOperation, signal?: AbortSignal): Promise<RangeResult>;
  /** The same in parts, at one revision, as they are read. `more` and `count` are right in the last part only. Pull the next when it can be sent. */
  rangeParts(operation: RangeOperation, signal?: AbortSignal): AsyncIterable<RangeResult>;
  put(operation: PutOperation): Promise<PutResult>;
  deleteRange(operation: DeleteOperation): Promise<DeleteResult>;
  txn(operation: TxnOperation): Promise<TxnResult>;
  /** Resolves when the mark is set; with `physical` when the rows are gone too. */
  compact(request: { revision: Revision; physical: boolean }, signal?: AbortSignal): Promise<{ revision: Revision }>;
  /** id 0n: one is chosen. */
  leaseGrant(request: {
    id: LeaseId;
    ttlSeconds: number;
  }): Promise<{ revision: Revision; id: LeaseId; ttlSeconds: number }>;
  leaseRevoke(id: LeaseId): Promise<{ revision: Revision }>;
  /** ttlSeconds 0: no such lease. */
  leaseKeepAlive(id: LeaseId): Promise<{ revision: Revision; ttlSeconds: number }>;
  leaseTimeToLive(request: { id: LeaseId; keys: boolean }): Promise<{
    revision: Revision;
    lease: LeaseStatus | undefined;
    remainingSeconds: number;
    keys: readonly Uint8Array[];
  }>;
  leases(): Promise<{ revision: Revision; leases: readonly LeaseStatus[] }>;
  /** Read from the database now: linearizable. Rejects while the database is away. */
  head(): Promise<Head>;
  /** The newest head this process has seen, without asking. */
  readonly latestHead: Head;
  /** The instances over this database that are there now, by id; never empty. */
  members(): Promise<readonly Member[]>;
  /** The same as far as this process knows, without asking. */
  readonly knownMembers: readonly Member[];
  /** Bytes of the database on disk, and of those in use. */
  size(): Promise<{ bytes: number; inUseBytes: number }>;
  /** The active alarms and the head, read from the database now. Rejects while it is away. */
  alarms(): Promise<{ head: Head; alarms: readonly Alarm[] }>;
  /** From here on every instance refuses what etcd refuses under it. Whether it was not active before. */
  raiseAlarm(alarm: Alarm): Promise<{ revision: Revision; raised: boolean }>;
  /** Whether it was active. */
  dropAlarm(alarm: Alarm): Promise<{ revision: Revision; dropped: boolean }>;
  /** What the watch hub follows. */
  readonly events: EventSource;
  /** Stops taking work, finishes what is under way, closes the database. */
  close(): Promise<void>;
}
