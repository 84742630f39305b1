/**
 * Inserts gap rows for missing ids, as kine does. kine waits for a missing id and fills it, one by
 * one.
 */
import type { OfflineDatabase } from '../drivers/offline.ts';
import { insertEach } from '../mvcc/program.ts';
import { gapRow } from '../sql/rows/kine-rows.ts';
import { record } from '../sql/shape.ts';
import { INSERT_GAPS } from '../sql/statements/repair-statements.ts';

/** Rows of one statement. */
const gapsAtOnce = 500;
/** Intervals of missing ids that one query reads. */
const intervalsAtOnce = 1000;

/** Fills the missing ids above an id. Returns how many rows this took. */
export async function fillMissingIds(database: OfflineDatabase, aboveId: number): Promise<number> {
  let filled = 0;
  let gaps: number[] = [];
  const insert = async (): Promise<void> => {
    const rows = gaps.map((id) => gapRow({ id, revision: id }));
    filled += await database.run(insertEach(INSERT_GAPS, rows));
    gaps = [];
  };
  for (;;) {
    const intervals = await missingIdsAbove(database, aboveId);
    for (const { lastId, nextId } of intervals) {
      for (let id = lastId + 1; id < nextId; id += 1) {
        gaps.push(id);
        if (gaps.length === gapsAtOnce) await insert();
      }
    }
    await insert();
    if (intervals.length < intervalsAtOnce) return filled;
  }
}

interface MissingInterval {
  readonly lastId: number;
  readonly nextId: number;
}

/**
 * Reads the ids before and after each interval of missing ids. The given id counts as present:
 * everything up to it is compacted.
 */
function missingIdsAbove(database: OfflineDatabase, aboveId: number): Promise<readonly MissingInterval[]> {
  return database.rows(
    record({ lastId: 'integer', nextId: 'integer' }),
    `SELECT last_id, id
    FROM (
      SELECT id, COALESCE(LAG(id) OVER (ORDER BY id), ${aboveId}) AS last_id
      FROM kine
      WHERE id > ${aboveId}) walked
    WHERE id > last_id + 1
    ORDER BY id
    LIMIT ${intervalsAtOnce}`,
  );
}
