/** The store's counts since its start, for metrics. Plain data. */
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
  /** Pages of lists and of hashes. */
  readonly bulkReads: QueueStatistics;
  /** Answers from the read cache. */
  readonly pacedAnswers: QueueStatistics;
  /** Reads of the database's size. */
  readonly sizeReads: CoalescerStatistics;
  readonly alarmReads: CoalescerStatistics;
  readonly memberReads: CoalescerStatistics;
  /** All other reads. */
  readonly otherReads: QueueStatistics;
  /** Writes that wait for the database's size, before they wait for a batch. */
  readonly quotaWaits: QueueStatistics;
  readonly knownCounts: { readonly hits: number; readonly misses: number };
  readonly readCache: { readonly hits: number; readonly misses: number; readonly bytes: number };
  /** Reads and writes that took longer than the threshold. */
  readonly slowOperations: number;
  /** How often the leader has changed. */
  readonly leaderChanges: number;
  /** How often the database has lost its newest rows. */
  readonly rewinds: number;
  readonly isCompacting: boolean;
  readonly defragmentations: TimedWork;
  readonly snapshots: TimedWork;
  readonly database: DriverStatistics;
}

export interface QueueStatistics {
  readonly waiting: number;
  /** Refused because the queue was full. */
  readonly refused: number;
  /** Dropped before they began, because they were cancelled. */
  readonly dropped: number;
}

export interface WriteQueueStatistics extends QueueStatistics {
  readonly waitingBytes: number;
  /** Writes in batches that were given to the database. */
  readonly underWay: number;
  readonly batchOperations: HistogramCounts;
  readonly batchBytes: HistogramCounts;
  /** Milliseconds that an operation waited for its batch. */
  readonly waitMs: HistogramCounts;
  /** Operations that failed in the database. */
  readonly failed: number;
}

/** Small reads that are answered in batches. */
export interface CoalescerStatistics extends QueueStatistics {
  readonly batchReads: HistogramCounts;
}
