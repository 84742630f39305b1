/** What the main thread and the database's threads say to each other. */
import type { DriverErrorKind, EtcdErrorName } from '../../errors.ts';
import type { WriteOperation } from '../../mvcc/operations.ts';
import type { ReadName } from '../../mvcc/read-programs.ts';
import type { HistogramCounts } from '../../statistics/histogram.ts';
import type { SlowStatement, StatementTotals } from '../driver-statistics.ts';
import type { ConnectionRole } from './connection.ts';

export type ThreadRole = Exclude<ConnectionRole, 'eventLoop'>;

/** Given to a thread at its start. */
export interface ThreadData {
  readonly path: string;
  /** Device and inode of the file that is meant. */
  readonly fileId: string | undefined;
  readonly role: ThreadRole;
  /** Statements that take so long are told of. */
  readonly slowStatementMs: number;
}

export type Task =
  | { readonly kind: 'read'; readonly name: ReadName; readonly input: unknown }
  | {
      readonly kind: 'write';
      readonly operations: readonly WriteOperation[];
      readonly withEvents: boolean;
      /** The lease clock less the machine's monotonic clock, in ms. */
      readonly leaseOffsetMs: number;
    }
  | { readonly kind: 'reclaim' }
  | { readonly kind: 'defragment' }
  /** Copies all of the log into the database; whether that was possible. */
  | { readonly kind: 'checkpoint' }
  | { readonly kind: 'statistics' }
  | { readonly kind: 'close' };

export interface Request {
  readonly id: number;
  readonly task: Task;
}

/** Errors do not keep their class on the way; this is what is left of each. */
export type SerializedError =
  | { readonly kind: 'etcd'; readonly name: EtcdErrorName }
  | { readonly kind: 'driver'; readonly driverKind: DriverErrorKind; readonly message: string }
  | { readonly kind: 'start'; readonly message: string }
  | { readonly kind: 'bug'; readonly message: string; readonly stack: string };

export type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly failure: SerializedError }
  /** Said once, when the connection is open (id -1), or cannot be opened (a failure with id -1). */
  | { readonly id: -1; readonly value: 'open' }
  /** Said whenever a statement took long. */
  | { readonly id: -2; readonly slow: SlowStatement };

/** What a thread has counted since it began. */
export interface ThreadStatistics {
  readonly statements: readonly StatementTotals[];
  readonly writeTransactions: HistogramCounts;
  readonly commits: HistogramCounts;
}
