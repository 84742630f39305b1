import { limits } from '../../limits.ts';
import type { DatabaseFacts } from '../../mvcc/database-facts.ts';

export const postgresFacts: DatabaseFacts = {
  joinsValues: false,
  answersLists: true,
  countsPages: true,
  rangePage: { rowsMax: limits.remoteRangePageRowsMax, bytesMax: limits.remoteRangePageBytesMax },
  snapshotPageBytes: limits.remoteSnapshotPageBytes,
};
