/** The statements of repairs. The table may be owned by kine. */
import { compactMarkName } from '../key-text.ts';
import { gapColumns, gapParameters } from '../rows/kine-table.ts';
import { changes, inserts } from '../statement.ts';

// Inserts gaps for missing ids.
export const INSERT_GAPS = inserts('insert_gaps', 'kine', gapColumns, gapParameters);

// Inserts the compaction mark of a table without one, as the row after the newest.
export const INSERT_KINES_MARK = changes(
  'insert_kines_mark',
  (sql) => `INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, value)
  SELECT COALESCE(MAX(id), 0) + 1, '${compactMarkName}', 1, 0, 0, 0, 0, ${sql.expression.noBytes}
  FROM kine`,
);
