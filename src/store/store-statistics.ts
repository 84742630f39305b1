/** What the store has counted since its start, for metrics: plain data. */
import type { DriverStatistics } from '../drivers/driver-statistics.ts';
import type { HistogramCounts } from '../statistics/histogram.ts';
import type { TimedWork } from '../statistics/timed-work.ts';
import type { OperationCounts } from './operation-counts.ts';

export interface StoreStatistics {
  readonly operations: OperationCounts;
  readonly writes: WriteQueueStatistics;
  readonly pointReads: CoalescerStatistics;
  readonly leaseReads: CoalescerStatistics;
  readonly knownCounts: { readonly hits: number; readonly misses: number };
  /** Reads and writes that took longer than they should. */
  readonly slowOperations: number;
  /** How often another instance was named the leader than before. */
  readonly leaderChanges: number;
  readonly isCompacting: boolean;
  readonly defragmentations: TimedWork;
  readonly snapshots: TimedWork;
  readonly database: DriverStatistics;
}

export interface WriteQueueStatistics {
  readonly waiting: number;
  readonly waitingBytes: number;
  /** In batches that were given to the database. */
  readonly underWay: number;
  readonly batchOperations: HistogramCounts;
  readonly batchBytes: HistogramCounts;
  /** Milliseconds that an operation waited for its batch. */
  readonly waitMs: HistogramCounts;
  /** Operations that the database failed. */
  readonly failed: number;
  /** Operations that were refused because too many waited. */
  readonly refused: number;
}

/** Small reads that are answered together. */
export interface CoalescerStatistics {
  readonly waiting: number;
  readonly batchReads: HistogramCounts;
  readonly refused: number;
}
