import { limits } from '../../limits.ts';
import type { DatabaseFacts } from '../../mvcc/database-facts.ts';

/** To read 10,000 values one by one costs 24 ms, and together 12 ms. */
export const sqliteFacts: DatabaseFacts = {
  joinsValues: true,
  answersLists: false,
  countsPages: true,
  rangePage: { rowsMax: limits.rangePageRowsMax, bytesMax: limits.rangeTaskBytesMax },
  // Each buffer of a page stays below 256 KiB. Larger buffers are requested from the system and
  // returned each time.
  snapshotPageBytes: 192 * 1024,
};

/**
 * The page of a list on the event loop: all of most lists, and a fraction of a millisecond of long
 * ones.
 */
export const eventLoopFacts: DatabaseFacts = {
  ...sqliteFacts,
  rangePage: { rowsMax: 32, bytesMax: 64 * 1024 },
};
