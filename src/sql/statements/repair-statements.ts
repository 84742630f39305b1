/** The statements of repairs. The table may be owned by kine. */
import { compactMarkName } from '../key-text.ts';
import { gapColumns, gapParameters } from '../rows/kine-table.ts';
import { modRevision } from '../rows/row.ts';
import { record } from '../shape.ts';
import { changes, inserts, selectsRows } from '../statement.ts';

/** SQL: whether a row is an event. The mark and gaps are none. */
export const isEvent = `name <> '${compactMarkName}' AND (deleted = 0 OR prev_revision <> 0)`;

// Inserts gaps for missing ids.
export const INSERT_GAPS = inserts('insert_gaps', 'kine', gapColumns, gapParameters);

// Inserts the compaction mark of a table without one, as the row after the newest.
export const INSERT_KINES_MARK = changes(
  'insert_kines_mark',
  (sql) => `INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, value)
  SELECT COALESCE(MAX(id), 0) + 1, '${compactMarkName}', 1, 0, 0, 0, 0, ${sql.expression.noBytes}
  FROM kine`,
);

// The positions of rows within their revisions.
export const POSITIONS_AFTER = selectsRows(
  'positions_after',
  record({ id: 'integer', revision: 'integer', position: 'integer' }),
  (sql) => `SELECT id, ${modRevision('kine')}, COALESCE(sub_revision, 0)
  FROM kine
  WHERE id > ${sql.parameter.integer} AND ${isEvent}
  ORDER BY id
  LIMIT ${sql.parameter.integer}`,
);

export const SET_POSITION = changes(
  'set_position',
  (sql) => `UPDATE kine
  SET sub_revision = ${sql.parameter.integer}
  WHERE id = ${sql.parameter.integer}`,
);
