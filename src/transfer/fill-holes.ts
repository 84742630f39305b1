/** Rows for ids that are missing, as kine makes them: it waits for such an id and fills it, one by one. */
import type { OfflineDatabase } from '../drivers/offline.ts';
import { changeEach } from '../mvcc/program.ts';
import { changesEach, type Row } from '../sql/statement.ts';
import { numberOf } from './table-facts.ts';

export const INSERT_GAPS = changesEach(
  'insert_gaps',
  ['integer', 'text', 'integer', 'integer', 'integer', 'integer', 'integer'],
  (sql) => `INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease)
  ${sql.insertedList(INSERT_GAPS.list ?? [])}`,
);

/** Rows of a statement. */
const gapsAtOnce = 500;
/** Holes looked for at once. */
const holesAtOnce = 1000;

/** Fills what is missing above an id; how many rows that took. */
export async function fillHoles(database: OfflineDatabase, aboveId: number): Promise<number> {
  let filled = 0;
  let gaps: number[] = [];
  const insert = async (): Promise<void> => {
    const list = gaps.map((id) => [id, `gap-${id}`, 0, 1, 0, 0, 0]);
    filled += await database.run(changeEach(INSERT_GAPS, list));
    gaps = [];
  };
  for (;;) {
    const holes = await holesAbove(database, aboveId);
    for (const [last, next] of holes) {
      for (let id = numberOf(last) + 1; id < numberOf(next); id += 1) {
        gaps.push(id);
        if (gaps.length === gapsAtOnce) await insert();
      }
    }
    await insert();
    if (holes.length < holesAtOnce) return filled;
  }
}

/** The ids before and behind each hole. The id itself counts as there: what it covers is compacted. */
function holesAbove(database: OfflineDatabase, aboveId: number): Promise<readonly Row[]> {
  return database.rows(
    `SELECT last_id, id
    FROM (
      SELECT id, COALESCE(LAG(id) OVER (ORDER BY id), ${aboveId}) AS last_id
      FROM kine
      WHERE id > ${aboveId}) walked
    WHERE id > last_id + 1
    ORDER BY id
    LIMIT ${holesAtOnce}`,
  );
}
