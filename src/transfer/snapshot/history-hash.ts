import type { OfflineDatabase } from '../../drivers/offline.ts';
import { headProgram } from '../../mvcc/head.ts';
import { hashPage, nextSnapshotPage, type PagePlace } from '../../mvcc/snapshot-pages.ts';

/** CRC-32C of the log, as a snapshot of the database would contain it. */
export async function historyHash(database: OfflineDatabase): Promise<number> {
  const { id: lastId, compactId } = await database.run(headProgram());
  let place: PagePlace = { stretch: { afterId: 0, lastId, compactId, thereAtId: compactId }, cuts: [] };
  let hash = 0;
  while (place.stretch.afterId < lastId) {
    const { page, next } = await database.run(nextSnapshotPage(place, database.facts));
    hash = hashPage(page, hash);
    place = next;
  }
  return hash;
}
