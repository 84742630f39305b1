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
  readonly headReads: CoalescerStatistics;
  /** Lists that have not begun. */
  readonly listStarts: QueueStatistics;
  /** Pages of lists, and of hashes. */
  readonly bulkReads: QueueStatistics;
  /** Answers that were found in the read cache. */
  readonly pacedAnswers: QueueStatistics;
  /** Questions for the database's size. */
  readonly sizeReads: CoalescerStatistics;
  /** All other reads. */
  readonly otherReads: QueueStatistics;
  /** Writes that wait for the database's size, before they wait for a batch. */
  readonly quotaWaits: QueueStatistics;
  readonly knownCounts: { readonly hits: number; readonly misses: number };
  readonly readCache: { readonly hits: number; readonly misses: number; readonly bytes: number };
  /** Reads and writes that took longer than they should. */
  readonly slowOperations: number;
  /** How often another instance was named the leader than before. */
  readonly leaderChanges: number;
  readonly isCompacting: boolean;
  readonly defragmentations: TimedWork;
  readonly snapshots: TimedWork;
  readonly database: DriverStatistics;
}

export interface QueueStatistics {
  readonly waiting: number;
  /** Refused because too many waited. */
  readonly refused: number;
  /** Not begun, because they were given up before. */
  readonly dropped: number;
}

export interface WriteQueueStatistics extends QueueStatistics {
  readonly waitingBytes: number;
  /** In batches that were given to the database. */
  readonly underWay: number;
  readonly batchOperations: HistogramCounts;
  readonly batchBytes: HistogramCounts;
  /** Milliseconds that an operation waited for its batch. */
  readonly waitMs: HistogramCounts;
  /** Operations that the database failed. */
  readonly failed: number;
}

/** Small reads that are answered together. */
export interface CoalescerStatistics extends QueueStatistics {
  readonly batchReads: HistogramCounts;
}
