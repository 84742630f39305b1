/** Pages of rows, bounded in number and in bytes. */
import type { OfflineDatabase } from '../../drivers/offline.ts';
import { rows } from '../../mvcc/program.ts';
import type { Parameter, Select } from '../../sql/statement.ts';

/**
 * Rows of a page, and bytes of their values. As a statement it is twice as long, which every server
 * accepts.
 */
const pageRowsMax = 1000;
const pageBytesMax = 1024 * 1024;

/**
 * The last key of the next page. `sizes` lists keys with their bytes. Undefined: there is no
 * further page. A single row may be larger than a page.
 */
export async function pageEnd<Key extends Parameter>(
  database: OfflineDatabase,
  sizes: Select<{ readonly last: Key; readonly bytes: number }>,
  after: Key,
): Promise<Key | undefined> {
  const found = await database.run(rows(sizes, after, pageRowsMax));
  let bytes = 0;
  let end: Key | undefined;
  for (const each of found) {
    bytes += each.bytes;
    if (end !== undefined && bytes > pageBytesMax) break;
    end = each.last;
  }
  return end;
}
