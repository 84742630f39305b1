/**
 * The statements of compaction hashes, which are stored as named numbers in `tine_state`: one for
 * each of the last physical compactions.
 */
import { modRevision } from '../rows/row.ts';
import { record, single } from '../shape.ts';
import { changes, selectsRow, selectsRows } from '../statement.ts';

const prefix = 'compaction_hash/';

/**
 * The name of the hash at a revision. `compactRevision` is the compaction mark when the hash was
 * computed (-1: not compacted).
 */
export const compactionHashName = (revision: number, compactRevision: number): string =>
  `${prefix}${revision}/${compactRevision}`;

/** The two numbers of `compactionHashName`. */
export function revisionsOfName(name: string): { readonly revision: number; readonly compactRevision: number } {
  const [revision, compactRevision] = name.slice(prefix.length).split('/').map(Number);
  return { revision: revision as number, compactRevision: compactRevision as number };
}

// All hashes, in any order.
export const COMPACTION_HASHES = selectsRows(
  'compaction_hashes',
  record({ name: 'text', hash: 'integer' }),
  () => `SELECT name, value
  FROM tine_state
  WHERE name LIKE '${prefix}%'`,
);

export const DROP_COMPACTION_HASH = changes(
  'drop_compaction_hash',
  (sql) => `DELETE FROM tine_state
  WHERE name = ${sql.parameter.text}`,
);

// Whether a row is a tombstone at a revision.
export const DELETION_AT = selectsRow(
  'deletion_at',
  single('isThere', 'integer'),
  (sql) => `SELECT 1
  FROM kine
  WHERE id = ${sql.parameter.integer} AND deleted = 1 AND prev_revision <> 0 AND ${modRevision('kine')} = ${sql.parameter.integer}`,
);
