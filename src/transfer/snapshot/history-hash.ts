import type { OfflineDatabase } from '../../drivers/offline.ts';
import { headProgram } from '../../mvcc/head.ts';
import { hashPage, nextSnapshotPage, type SnapshotPosition } from '../../mvcc/snapshot/snapshot-pages.ts';

/** CRC-32C of the log, as a snapshot of the database would contain it. */
export async function historyHash(database: OfflineDatabase): Promise<number> {
  const { id: lastId, compactId } = await database.run(headProgram());
  let position: SnapshotPosition = { interval: { afterId: 0, lastId, compactId, thereAtId: compactId }, cuts: [] };
  let hash = 0;
  while (position.interval.afterId < lastId) {
    const { page, next } = await database.run(nextSnapshotPage(position, database.facts));
    hash = hashPage(page, hash);
    position = next;
  }
  return hash;
}
