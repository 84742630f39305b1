/** Rows for ids that are missing, as kine makes them: it waits for such an id and fills it, one by one. */
import type { OfflineDatabase } from '../drivers/offline.ts';
import { insertEach } from '../mvcc/program.ts';
import { gapRow } from '../sql/kine-rows.ts';
import { INSERT_GAPS } from '../sql/repair-statements.ts';
import { record } from '../sql/shape.ts';

/** Rows of a statement. */
const gapsAtOnce = 500;
/** Holes looked for at once. */
const gapRangesAtOnce = 1000;

/** Fills what is missing above an id; how many rows that took. */
export async function fillMissingIds(database: OfflineDatabase, aboveId: number): Promise<number> {
  let filled = 0;
  let gaps: number[] = [];
  const insert = async (): Promise<void> => {
    const rows = gaps.map((id) => gapRow({ id, revision: id }));
    filled += await database.run(insertEach(INSERT_GAPS, rows));
    gaps = [];
  };
  for (;;) {
    const holes = await missingIdsAbove(database, aboveId);
    for (const { lastId, nextId } of holes) {
      for (let id = lastId + 1; id < nextId; id += 1) {
        gaps.push(id);
        if (gaps.length === gapsAtOnce) await insert();
      }
    }
    await insert();
    if (holes.length < gapRangesAtOnce) return filled;
  }
}

interface MissingIds {
  readonly lastId: number;
  readonly nextId: number;
}

/** The ids before and behind each hole. The id itself counts as there: what it covers is compacted. */
function missingIdsAbove(database: OfflineDatabase, aboveId: number): Promise<readonly MissingIds[]> {
  return database.rows(
    record({ lastId: 'integer', nextId: 'integer' }),
    `SELECT last_id, id
    FROM (
      SELECT id, COALESCE(LAG(id) OVER (ORDER BY id), ${aboveId}) AS last_id
      FROM kine
      WHERE id > ${aboveId}) walked
    WHERE id > last_id + 1
    ORDER BY id
    LIMIT ${gapRangesAtOnce}`,
  );
}
