/**
 * Numbers the rows of a revision where they have no position. A snapshot in etcd's format contains
 * the positions, and cannot contain two equal ones.
 */
import type { OfflineDatabase } from '../drivers/offline.ts';
import { change, rows } from '../mvcc/program.ts';
import { POSITIONS_AFTER, SET_POSITION } from '../sql/statements/repair-statements.ts';

/** Rows of one read. */
const rowsAtOnce = 1000;

/**
 * Gives each row a position after the one of the row before it in its revision. Returns the number
 * of changed rows.
 */
export async function numberPositions(database: OfflineDatabase): Promise<number> {
  let changed = 0;
  let lastId = 0;
  let last = { revision: 0, position: 0 };
  for (;;) {
    const page = await database.run(rows(POSITIONS_AFTER, lastId, rowsAtOnce));
    for (const { id, revision, position: found } of page) {
      const isLater = revision !== last.revision || found > last.position;
      const position = isLater ? found : last.position + 1;
      if (!isLater) changed += await database.run(change(SET_POSITION, position, id));
      last = { revision, position };
      lastId = id;
    }
    if (page.length < rowsAtOnce) return changed;
  }
}
