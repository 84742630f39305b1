import { limits } from '../../limits.ts';
import type { DatabaseFacts } from '../../mvcc/database-facts.ts';

/** Reading 10,000 values one by one costs 24 ms, in one piece 12 ms. */
export const sqliteFacts: DatabaseFacts = {
  joinsValues: true,
  answersLists: false,
  countsPages: true,
  rangePage: { rowsMax: limits.rangePageRowsMax, bytesMax: limits.rangeTaskBytesMax },
  // Whatever is made of a page stays below the size from which memory is taken from the system anew, and given back, each time: 256 KiB.
  snapshotPageBytes: 192 * 1024,
};

/** The event loop reads the beginning of a list: all of most lists, and a fraction of a millisecond of long ones. */
export const eventLoopFacts: DatabaseFacts = {
  ...sqliteFacts,
  rangePage: { rowsMax: 32, bytesMax: 64 * 1024 },
};
