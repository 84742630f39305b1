/** The statements that read the log as etcd keeps it in its bucket `key`: for snapshots, and for hashes that etcd's tools compare. */
import { leaseBytesMax } from '../wire/key-value-writer.ts';
import type { Dialect } from './dialect.ts';
import { compactMarkName } from './key-text.ts';
import { rowColumns, rowColumnTypes } from './row.ts';
import { type Statement, selectsRow, selectsRows } from './statement.ts';

/**
 * Parameters: after this id, up to this one; the id of the compaction mark; the id at which what lies at or below the mark must be there still.
 *
 * A row is replaced by the one row of its key that names it: one probe of the unique index (name, prev_revision). Gap rows that kine left and the mark itself are no part
 * of the history.
 */
const where = (sql: Dialect) => `kine.id > ${sql.integer} AND kine.id <= ${sql.integer}
        AND kine.name <> '${compactMarkName}' AND (kine.deleted = 0 OR kine.prev_revision <> 0)
        AND (kine.id > ${sql.integer} OR (kine.deleted = 0 AND COALESCE((
          SELECT later.id
          FROM kine later
          WHERE later.name = kine.name AND later.prev_revision = kine.id), ${Number.MAX_SAFE_INTEGER}) > ${sql.integer}))`;

const placeColumns = ['kine.deleted', 'COALESCE(kine.sub_revision, 0)'];

// Before 0.16 kine left the value with the row that deletes it; to etcd a deleted key has none.
const value = 'CASE WHEN kine.deleted = 0 THEN kine.value END';
// Asked of the column itself: SQLite finds it in the row's header then, and reads no value.
const valueBytes = 'CASE WHEN kine.deleted = 0 THEN COALESCE(LENGTH(kine.value), 0) ELSE 0 END';

const variableBytes = `OCTET_LENGTH(kine.name) + ${valueBytes} + CASE WHEN kine.lease_id IS NULL THEN 0 ELSE ${leaseBytesMax} END`;

const rowsWithValues = (sql: Dialect) => [...rowColumns(sql, 'kine'), sql.selectedBytes(value), ...placeColumns];

// Rows with their values, oldest first; how many they are is known before. Walks the primary key.
export const KEY_BUCKET_STRETCH: Statement = {
  ...selectsRows(
    'key_bucket_stretch',
    (sql) => `SELECT ${rowsWithValues(sql).join(', ')}
  FROM kine
  WHERE ${where(sql)}
  ORDER BY kine.id`,
  ),
  columns: [...rowColumnTypes, 'bytes', 'integer', 'integer'],
};

// The same rows with the length of their values instead of the values.
export const KEY_BUCKET_LENGTHS = selectsRows(
  'key_bucket_lengths',
  (sql) => `SELECT ${[...rowColumns(sql, 'kine'), valueBytes, ...placeColumns].join(', ')}
  FROM kine
  WHERE ${where(sql)}
  ORDER BY kine.id`,
);

// Of the same rows only where they are, and how many bytes of them vary from row to row: those of name, value and lease.
export const KEY_BUCKET_SIZES: Statement = {
  ...selectsRows(
    'key_bucket_sizes',
    (sql) => `SELECT kine.id, ${variableBytes}
  FROM kine
  WHERE ${where(sql)}
  ORDER BY kine.id`,
  ),
  columns: ['integer', 'integer'],
};

// The values alone, one after the other in one blob.
export const KEY_BUCKET_VALUES = selectsRow(
  'key_bucket_values',
  (sql) => `SELECT ${sql.concatenated('value', 'id')}
  FROM (
    SELECT kine.id, COALESCE(${value}, ${sql.noBytes}) AS value
    FROM kine
    WHERE ${where(sql)}
    ORDER BY kine.id) stretch`,
);

export const ANY_CURRENT = selectsRow(
  'any_current',
  () => `SELECT 1
  FROM kine_current
  LIMIT 1`,
);

// Whether the newest row of all is a client's write.
export const NEWEST_EVENT = selectsRow(
  'newest_event',
  () => `SELECT name, CASE WHEN name <> '${compactMarkName}' AND (deleted = 0 OR prev_revision <> 0) THEN 1 ELSE 0 END
  FROM kine
  ORDER BY id DESC
  LIMIT 1`,
);
