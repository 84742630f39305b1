/** The messages between the main thread and the database threads. */
import type { DriverErrorKind, EtcdErrorName } from '../../errors.ts';
import type { WriteOperation } from '../../mvcc/operations.ts';
import type { ReadName } from '../../mvcc/read-programs.ts';
import type { HistogramCounts } from '../../statistics/histogram.ts';
import type { SlowStatement, StatementTotals } from '../driver-statistics.ts';
import type { ConnectionRole } from './connection.ts';

export type ThreadRole = Exclude<ConnectionRole, 'eventLoop'>;

/** The data for the start of a thread. */
export interface ThreadData {
  readonly path: string;
  /** Device and inode of the file to open. */
  readonly fileId: string | undefined;
  readonly role: ThreadRole;
  /** Statements of this duration or longer are reported. */
  readonly slowStatementMs: number;
}

export type Task =
  | { readonly kind: 'read'; readonly name: ReadName; readonly input: unknown }
  | {
      readonly kind: 'write';
      readonly operations: readonly WriteOperation[];
      readonly withEvents: boolean;
      /** The lease clock minus the monotonic clock of the machine, in ms. */
      readonly leaseOffsetMs: number;
      /** The result contains the steps of the transaction. */
      readonly isTraced: boolean;
    }
  | { readonly kind: 'reclaim' }
  | { readonly kind: 'defragment' }
  /** Copies the whole log into the database. The result states whether this was possible. */
  | { readonly kind: 'checkpoint' }
  | { readonly kind: 'statistics' }
  /** Closes the connection. The result is the last statistics. */
  | { readonly kind: 'close' };

export interface Request {
  readonly id: number;
  readonly task: Task;
}

/** An error without its class, which messages between threads do not keep. */
export type SerializedError =
  | { readonly kind: 'etcd'; readonly name: EtcdErrorName }
  | { readonly kind: 'driver'; readonly driverKind: DriverErrorKind; readonly message: string }
  | { readonly kind: 'start'; readonly message: string }
  | { readonly kind: 'bug'; readonly message: string; readonly stack: string };

export type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly failure: SerializedError }
  /**
   * Sent once, when the connection is open (id -1). If it cannot be opened, a failure with id -1 is
   * sent instead.
   */
  | { readonly id: -1; readonly value: 'open' }
  /** Sent for each slow statement. */
  | { readonly id: -2; readonly slow: SlowStatement };

/** The counts of a thread since its start. */
export interface ThreadStatistics {
  readonly statements: readonly StatementTotals[];
  readonly writeTransactions: HistogramCounts;
  readonly commits: HistogramCounts;
}
