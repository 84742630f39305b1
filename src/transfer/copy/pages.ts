/** Pages of rows: bounded in number and in bytes, whatever the rows hold. */
import type { OfflineDatabase } from '../../drivers/offline.ts';
import { query, rowsOf } from '../../mvcc/program.ts';
import type { Parameter, Statement } from '../../sql/statement.ts';

/** Rows of a page, and bytes of their values: written as a statement it is twice as long, and below what any server takes. */
const pageRowsMax = 1000;
const pageBytesMax = 1024 * 1024;

/**
 * The last key of the page after another: `sizes` lists keys and bytes. Undefined: there is nothing more. A single row may be larger than a page.
 */
export async function pageEnd<Key extends Parameter>(
  database: OfflineDatabase,
  sizes: Statement,
  after: Key,
): Promise<Key | undefined> {
  const found = (await database.run(rowsOf(query(sizes, after, pageRowsMax)))) as readonly (readonly [Key, number])[];
  let bytes = 0;
  let last: Key | undefined;
  for (const [key, size] of found) {
    bytes += size;
    if (last !== undefined && bytes > pageBytesMax) break;
    last = key;
  }
  return last;
}
