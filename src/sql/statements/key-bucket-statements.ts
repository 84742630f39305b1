/**
 * The statements that read the log in the form that etcd stores in its bucket `key`: for snapshots,
 * and for hashes that etcd's tools compare.
 */
import { leaseBytesMax } from '../../wire/key-value-writer.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { compactMarkName } from '../key-text.ts';
import { type KeyValueRow, keyAt, keyColumns, keyValueAt, keyValueColumns, rowColumns } from '../rows/row.ts';
import { numberAt, record, single } from '../shape.ts';
import { type Shape, selectsBulk, selectsRow, selectsRows } from '../statement.ts';

/**
 * Parameters: rows after this id, up to this id; the id of the compaction mark; the id at which the
 * key-values of rows at or below the mark must exist.
 *
 * A row is replaced by the one row of its key that names it: one look-up in the unique index (name,
 * prev_revision). Gaps that kine left and the mark itself do not belong to the history.
 */
const where = (sql: Dialect) => `kine.id > ${sql.parameter.integer} AND kine.id <= ${sql.parameter.integer}
        AND kine.name <> '${compactMarkName}' AND (kine.deleted = 0 OR kine.prev_revision <> 0)
        AND (kine.id > ${sql.parameter.integer} OR (kine.deleted = 0 AND COALESCE((
          SELECT later.id
          FROM kine later
          WHERE later.name = kine.name AND later.prev_revision = kine.id), ${Number.MAX_SAFE_INTEGER}) > ${sql.parameter.integer}))`;

const positionColumns = ['kine.deleted', 'COALESCE(kine.sub_revision, 0)'];

// Before 0.16, kine kept the value in the tombstone; in etcd a deleted key has no value.
const value = 'CASE WHEN kine.deleted = 0 THEN kine.value END';
// LENGTH of the column itself: SQLite then reads the length from the row's header, not the value.
const valueBytes = 'CASE WHEN kine.deleted = 0 THEN COALESCE(LENGTH(kine.value), 0) ELSE 0 END';

const variableBytes = `OCTET_LENGTH(kine.name) + ${valueBytes} + CASE WHEN kine.lease_id IS NULL THEN 0 ELSE ${leaseBytesMax} END`;

const rowsWithValues = (sql: Dialect) => [
  ...rowColumns(sql, 'kine'),
  sql.expression.selectedBytes(value),
  ...positionColumns,
];

/** A row in the bucket. */
export interface KeyBucketRow {
  readonly keyValue: KeyValueRow;
  readonly isTombstone: boolean;
  readonly subRevision: number;
}

const keyBucketShape: Shape<KeyBucketRow> = {
  columns: { ...keyValueColumns, deleted: 'integer', subRevision: 'integer' },
  decode: (row) => ({ keyValue: keyValueAt(row, 0), isTombstone: row[7] === 1, subRevision: row[8] as number }),
};

const lengthsShape: Shape<KeyBucketRow & { readonly valueBytes: number }> = {
  columns: { ...keyColumns, valueBytes: 'integer', deleted: 'integer', subRevision: 'integer' },
  decode: (row) => ({
    keyValue: keyAt(row, 0),
    isTombstone: row[7] === 1,
    subRevision: row[8] as number,
    valueBytes: numberAt(row, 6),
  }),
};

/** The id of a row, and the bytes that vary from row to row. */
export interface KeyBucketSize {
  readonly id: number;
  readonly variableBytes: number;
}

const sizesShape: Shape<KeyBucketSize> = {
  columns: { id: 'integer', variableBytes: 'integer' },
  decode: (row) => ({ id: numberAt(row, 0), variableBytes: numberAt(row, 1) }),
};

// Rows with their values, oldest first, from an interval that ends at a page. Walks the primary
// key.
export const KEY_BUCKET_ROWS = selectsBulk(
  'key_bucket_interval',
  keyBucketShape,
  (sql) => `SELECT ${rowsWithValues(sql).join(', ')}
  FROM kine
  WHERE ${where(sql)}
  ORDER BY kine.id`,
);

// The same rows with the lengths of their values instead of the values.
export const KEY_BUCKET_LENGTHS = selectsRows(
  'key_bucket_lengths',
  lengthsShape,
  (sql) => `SELECT ${[...rowColumns(sql, 'kine'), valueBytes, ...positionColumns].join(', ')}
  FROM kine
  WHERE ${where(sql)}
  ORDER BY kine.id`,
);

// The ids of the same rows, and their bytes of name, value and lease.
export const KEY_BUCKET_SIZES = selectsBulk(
  'key_bucket_sizes',
  sizesShape,
  (sql) => `SELECT kine.id, ${variableBytes}
  FROM kine
  WHERE ${where(sql)}
  ORDER BY kine.id`,
);

// The values of the same rows, joined in one blob.
export const KEY_BUCKET_VALUES = selectsRow(
  'key_bucket_values',
  single('values', 'bytes?'),
  (sql) => `SELECT ${sql.expression.concatenated('value', 'id')}
  FROM (
    SELECT kine.id, COALESCE(${value}, ${sql.expression.noBytes}) AS value
    FROM kine
    WHERE ${where(sql)}
    ORDER BY kine.id) chunk`,
);

export const ANY_CURRENT = selectsRow(
  'any_current',
  single('isThere', 'integer'),
  () => `SELECT 1
  FROM kine_current
  LIMIT 1`,
);

// The newest row of the log, and whether it is an event.
export const NEWEST_EVENT = selectsRow(
  'newest_event',
  record({ name: 'text', isEvent: 'integer' }),
  () => `SELECT name, CASE WHEN name <> '${compactMarkName}' AND (deleted = 0 OR prev_revision <> 0) THEN 1 ELSE 0 END
  FROM kine
  ORDER BY id DESC
  LIMIT 1`,
);
