import type { OfflineDatabase } from '../../drivers/offline.ts';
import { headProgram } from '../../mvcc/head.ts';
import { snapshotRows } from '../../mvcc/snapshot-pages.ts';
import { crc32c } from '../../wire/crc32c.ts';

/** CRC-32C of the log as a snapshot of it would have it. */
export async function historyHash(database: OfflineDatabase): Promise<number> {
  const { id: lastId, compactId } = await database.run(headProgram());
  let hash = 0;
  for (let afterId = 0; afterId < lastId; ) {
    const page = await database.run(snapshotRows({ afterId, lastId, compactId, thereAtId: compactId }));
    hash = crc32c(page.bytes, hash);
    afterId = page.throughId;
  }
  return hash;
}
