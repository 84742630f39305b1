/** The statements of writes. All run under the revision lock. */
import { compactMarkName } from '../key-text.ts';
import { kineColumns, kineParameters } from '../rows/kine-table.ts';
import { keyShape, keyValueShape, rowColumns } from '../rows/row.ts';
import { single } from '../shape.ts';
import { changes, changesEach, inserts, insertsRecords, selectsRows } from '../statement.ts';
import { changesState, selectsState } from './state-statements.ts';

// Inserts new rows. The instance assigns their ids, not the database, so that ids are consecutive
// in the order of commits.
export const INSERT_ROWS = inserts('insert_rows', 'kine', kineColumns, kineParameters);

/** The entry of a key in the index of newest rows. */
export interface CurrentRow {
  readonly name: string;
  readonly id: number;
  readonly leaseId: bigint | null;
  readonly valueBytes: number;
}

export const SET_CURRENT = insertsRecords(
  'set_current',
  'kine_current',
  { name: 'text', id: 'integer', leaseId: 'integer', valueBytes: 'integer' },
  { overwrite: 'name' },
);

export const DROP_CURRENT = changesEach(
  'drop_current',
  ['text'],
  (sql) => `DELETE FROM kine_current
  WHERE ${sql.list.contains('name', 'text')}`,
);

// The newest rows of an interval, for deletes.
export const CURRENT_ROWS = selectsRows(
  'current_rows',
  keyValueShape,
  (sql) => `SELECT ${rowColumns(sql, 'kine').join(', ')}, ${sql.expression.selectedBytes('kine.value')}
  FROM kine_current
  ${sql.kine.joinRow('kine_current.id')}
  WHERE kine_current.name >= ${sql.parameter.text} AND kine_current.name < ${sql.parameter.text}
  ORDER BY kine_current.name`,
);

export const CURRENT_ROWS_WITHOUT_VALUE = selectsRows(
  'current_rows_without_value',
  keyShape,
  (sql) => `SELECT ${rowColumns(sql, 'kine').join(', ')}
  FROM kine_current
  ${sql.kine.joinRow('kine_current.id')}
  WHERE kine_current.name >= ${sql.parameter.text} AND kine_current.name < ${sql.parameter.text}
  ORDER BY kine_current.name`,
);

export const SET_COMPACT_MARK = changes(
  'set_compact_mark',
  (sql) => `UPDATE kine
  SET prev_revision = ${sql.parameter.integer}, version = 2
  WHERE name = '${compactMarkName}'`,
);

export const COMPACTED_ID = selectsState('compacted_id', 'compacted_id');

export const SET_COMPACTED_ID = changesState('set_compacted_id', 'compacted_id');

// The newest mark for which rows were deleted.
export const DELETED_MARK_ID = selectsState('deleted_mark_id', 'deleted_mark_id');

export const SET_DELETED_MARK_ID = changesState('set_deleted_mark_id', 'deleted_mark_id');

// The rows that can no longer be read: the rows replaced by rows in an interval of ids, and the
// tombstones and kine's gaps in it. Each row names the row it replaced, so the cost grows with the
// interval, not with the table. The newest row of the log stays, because it defines the store's
// revision.
export const UNREACHABLE_ROWS = selectsRows(
  'unreachable_rows',
  single('id', 'integer'),
  (sql) => `SELECT prev_revision
  FROM kine
  WHERE id > ${sql.parameter.integer} AND id <= ${sql.parameter.integer} AND prev_revision > 0 AND name <> '${compactMarkName}'
  UNION ALL
  SELECT id
  FROM kine
  WHERE id > ${sql.parameter.integer} AND id <= ${sql.parameter.integer} AND deleted = 1 AND id < (SELECT MAX(id) FROM kine)`,
);

export const DELETE_ROWS = changesEach(
  'delete_rows',
  ['integer'],
  (sql) => `DELETE FROM kine
  WHERE ${sql.list.contains('id', 'integer')}`,
);

export const INSERT_LEASES = insertsRecords('insert_leases', 'tine_lease', {
  id: 'integer',
  ttlSeconds: 'integer',
  expiresAtMs: 'integer',
});

export const DELETE_LEASE = changes(
  'delete_lease',
  (sql) => `DELETE FROM tine_lease
  WHERE id = ${sql.parameter.integer}`,
);

// Restarts the TTL of leases at a moment, the parameter. Deadlines only move later.
export const RENEW_LEASES = changesEach(
  'renew_leases',
  ['integer'],
  (sql) => `UPDATE tine_lease
  SET expires_at_ms = ${sql.expression.greatest('expires_at_ms', `${sql.parameter.integer} + ttl_seconds * 1000`)}
  WHERE ${sql.list.contains('id', 'integer')}`,
);

// Restarts the TTL of the leases that were granted or renewed after a time.
export const EXTEND_LEASES = changes(
  'extend_leases',
  (sql) => `UPDATE tine_lease
  SET expires_at_ms = ${sql.parameter.integer} + ttl_seconds * 1000
  WHERE expires_at_ms - ttl_seconds * 1000 > ${sql.parameter.integer}`,
);
