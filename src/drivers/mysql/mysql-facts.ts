import { limits } from '../../limits.ts';
import type { DatabaseFacts } from '../../mvcc/database-facts.ts';

export const mysqlFacts: DatabaseFacts = {
  joinsValues: false,
  answersLists: true,
  countsPages: false,
  rangePage: { rowsMax: limits.remoteRangePageRowsMax, bytesMax: limits.remoteRangePageBytesMax },
  snapshotPageBytes: limits.remoteSnapshotPageBytes,
};
