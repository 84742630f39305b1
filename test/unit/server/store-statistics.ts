import { Histogram } from '../../../src/statistics/histogram.ts';
import { TimedWork } from '../../../src/statistics/timed-work.ts';
import { OperationCounts } from '../../../src/store/operation-counts.ts';
import type { StoreStatistics } from '../../../src/store/store-statistics.ts';

/** The statistics of an unused store. */
export function nothingCounted(): StoreStatistics {
  const none = new Histogram([1, 2]);
  const queue = { waiting: 0, refused: 0, dropped: 0 };
  const reads = { ...queue, batchReads: none };
  return {
    operations: new OperationCounts(),
    writes: {
      waiting: 3,
      waitingBytes: 0,
      underWay: 2,
      batchOperations: none,
      batchBytes: none,
      waitMs: none,
      failed: 0,
      refused: 0,
      dropped: 0,
    },
    pointReads: reads,
    leaseReads: reads,
    headReads: reads,
    listStarts: queue,
    bulkReads: queue,
    pacedAnswers: queue,
    sizeReads: reads,
    alarmReads: reads,
    memberReads: reads,
    otherReads: queue,
    quotaWaits: queue,
    knownCounts: { hits: 0, misses: 0 },
    readCache: { hits: 0, misses: 0, bytes: 0 },
    slowOperations: 0,
    leaderChanges: 0,
    rewinds: 0,
    isCompacting: false,
    defragmentations: new TimedWork([1]),
    snapshots: new TimedWork([1]),
    database: {
      statements: [{ name: 'head', runs: 4, ms: 500, rows: 8 }],
      writeTransactions: none,
      commits: none,
      pools: [],
      failures: { busy: 0, lost: 0, full: 0, corrupt: 0, tooLarge: 0, removed: 0, other: 0 },
      echoes: none,
      doubts: { committed: 0, undone: 0, unknown: 0 },
      clockJumps: 0,
      walBytes: 0,
    },
  };
}
