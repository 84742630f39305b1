/** The statements of writes. All run under the database's revision lock. */
import { compactMarkName } from './key-text.ts';
import { rowColumns } from './row.ts';
import { changes, integer, selectsRow, selectsRows, text } from './statement.ts';

// A new row. Its id is assigned here, not by the database: ids follow each other without gaps, in commit order.
export const INSERT_ROW = changes(
  'insert_row',
  `INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, value, version, lease_id, revision)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
);

export const SET_CURRENT = changes(
  'set_current',
  `INSERT INTO kine_current (name, id, lease_id)
  VALUES (?, ?, ?)
  ON CONFLICT (name) DO UPDATE SET id = excluded.id, lease_id = excluded.lease_id`,
);

export const DROP_CURRENT = changes(
  'drop_current',
  `DELETE FROM kine_current
  WHERE name = ${text}`,
);

// A key that is not there now: the row it was last deleted by, which a create names as the one it replaces.
export const LAST_ROW_OF_NAME = selectsRow(
  'last_row_of_name',
  `SELECT id
  FROM kine
  WHERE name = ${text}
  ORDER BY id DESC
  LIMIT 1`,
);

// The newest rows of an interval, for deletes.
export const CURRENT_ROWS = selectsRows(
  'current_rows',
  `SELECT ${rowColumns('kine')}, kine.value
  FROM kine_current
  CROSS JOIN kine ON kine.id = kine_current.id
  WHERE kine_current.name >= ${text} AND kine_current.name < ${text}
  ORDER BY kine_current.name`,
);

export const CURRENT_ROWS_WITHOUT_VALUE = selectsRows(
  'current_rows_without_value',
  `SELECT ${rowColumns('kine')}
  FROM kine_current
  CROSS JOIN kine ON kine.id = kine_current.id
  WHERE kine_current.name >= ${text} AND kine_current.name < ${text}
  ORDER BY kine_current.name`,
);

export const SET_COMPACT_MARK = changes(
  'set_compact_mark',
  `UPDATE kine
  SET prev_revision = ?, version = 2
  WHERE name = '${compactMarkName}'`,
);

export const COMPACTED_ID = selectsRow(
  'compacted_id',
  `SELECT value
  FROM tine_state
  WHERE name = 'compacted_id'`,
);

export const SET_COMPACTED_ID = changes(
  'set_compacted_id',
  `INSERT INTO tine_state (name, value)
  VALUES ('compacted_id', ?)
  ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
);

// Each row of the window names the row it replaced: the cost follows the window, not the table.
export const DELETE_REPLACED = changes(
  'delete_replaced',
  `DELETE FROM kine
  WHERE id IN (
    SELECT prev_revision
    FROM kine
    WHERE id > ${integer} AND id <= ${integer} AND prev_revision > 0 AND name <> '${compactMarkName}')`,
);

// Tombstones of the window, and gap rows of kine's. The newest row of all stays, it holds the store's revision.
export const DELETE_TOMBSTONES = changes(
  'delete_tombstones',
  `DELETE FROM kine
  WHERE id > ${integer} AND id <= ${integer} AND deleted = 1 AND id < (SELECT MAX(id) FROM kine)`,
);

export const INSERT_LEASE = changes(
  'insert_lease',
  `INSERT INTO tine_lease (id, ttl_seconds, expires_at_ms)
  VALUES (?, ?, ?)`,
);

export const DELETE_LEASE = changes(
  'delete_lease',
  `DELETE FROM tine_lease
  WHERE id = ${integer}`,
);

// Deadlines only move later.
export const RENEW_LEASE = changes(
  'renew_lease',
  `UPDATE tine_lease
  SET expires_at_ms = MAX(expires_at_ms, ?)
  WHERE id = ${integer}`,
);

// After a start every lease gets its whole time again, as etcd gives it after an election: nobody could renew it meanwhile.
export const EXTEND_LEASES = changes(
  'extend_leases',
  `UPDATE tine_lease
  SET expires_at_ms = MAX(expires_at_ms, ? + ttl_seconds * 1000)`,
);
