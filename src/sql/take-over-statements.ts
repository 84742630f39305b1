/** The statements that bring tine's derived tables up to a table `kine` that kine wrote to. They run once at a start. */
import { clientsCompactMarkText, compactMarkName } from './key-text.ts';
import { changes, integer, selectsRow, selectsRows } from './statement.ts';

/** kine's name for the API server's key `compact_rev_key`. */
export const kinesClientsMarkName = 'compact_rev_key_apiserver';

// Exactly one mark is there, whoever made the table.
export const INSERT_MISSING_MARK = changes(
  'insert_missing_mark',
  `INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, version, value)
  SELECT COALESCE((SELECT MAX(id) FROM kine), 0) + 1, '${compactMarkName}', 1, 0, 0, 0, 0, 1, X''
  WHERE NOT EXISTS (SELECT 1 FROM kine WHERE name = '${compactMarkName}')`,
);

/**
 * Each in turn: the newest of several marks remains, and covers what the others covered. (It may be the newest row of all, whose id is the store's
 * revision.)
 */
export const UNITE_MARKS = [
  changes(
    'lower_newest_mark',
    `UPDATE kine
    SET prev_revision = -(SELECT MAX(prev_revision) FROM kine WHERE name = '${compactMarkName}') - 1
    WHERE id = (SELECT MAX(id) FROM kine WHERE name = '${compactMarkName}')
      AND 1 < (SELECT COUNT(*) FROM kine WHERE name = '${compactMarkName}')`,
  ),
  changes(
    'drop_older_marks',
    `DELETE FROM kine
    WHERE name = '${compactMarkName}' AND id < (SELECT MAX(id) FROM kine WHERE name = '${compactMarkName}')`,
  ),
  changes(
    'raise_newest_mark',
    `UPDATE kine
    SET prev_revision = -prev_revision - 1
    WHERE name = '${compactMarkName}' AND prev_revision < 0`,
  ),
];

export const NEWEST_ROW = selectsRow(
  'newest_row',
  `SELECT id, version
  FROM kine
  ORDER BY id DESC
  LIMIT 1`,
);

export const COVERED_ID = selectsRow(
  'covered_id',
  `SELECT value
  FROM tine_state
  WHERE name = 'covered_id'`,
);

export const SET_COVERED_ID = changes(
  'set_covered_id',
  `INSERT INTO tine_state (name, value)
  VALUES ('covered_id', ?)
  ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
);

// The newest row that tine wrote after an id. Walks back over kine's rows only.
export const COVERING_ROW = selectsRow(
  'covering_row',
  `SELECT id
  FROM kine
  WHERE id > ${integer} AND version IS NOT NULL
  ORDER BY id DESC
  LIMIT 1`,
);

export const DROP_ALL_CURRENT = changes('drop_all_current', 'DELETE FROM kine_current');

/** Each takes the id after which rows are new: first the keys that are gone, then those that are there. Gap rows and the mark are no keys. */
export const REFILL_CURRENT = [
  changes(
    'refill_current_gone',
    `DELETE FROM kine_current
    WHERE name IN (SELECT name FROM kine WHERE id > ${integer} AND deleted = 1 AND prev_revision <> 0)`,
  ),
  // Whose tombstone kine has compacted away already.
  changes(
    'refill_current_compacted',
    `DELETE FROM kine_current
    WHERE id <= ${integer} AND NOT EXISTS (SELECT 1 FROM kine WHERE kine.id = kine_current.id)`,
  ),
  changes(
    'refill_current_there',
    `INSERT INTO kine_current (name, id, lease_id)
    SELECT kine.name, kine.id, kine.lease_id
    FROM (SELECT MAX(id) AS id FROM kine WHERE id > ${integer} GROUP BY name) newest
    JOIN kine ON kine.id = newest.id
    WHERE kine.deleted = 0 AND kine.name <> '${compactMarkName}'
    ON CONFLICT (name) DO UPDATE SET id = excluded.id, lease_id = excluded.lease_id`,
  ),
];

// Names with bytes that tine escapes, as bytes: kine keeps keys as they come, in UTF-8 or not.
export const FOREIGN_NAMES = selectsRows(
  'foreign_names',
  `SELECT DISTINCT CAST(name AS BLOB)
  FROM kine
  WHERE id > ${integer} AND name GLOB '*[^' || char(2) || '-' || char(126) || ']*' AND version IS NULL`,
);

export const RENAME = changes(
  'rename',
  `UPDATE kine
  SET name = ?
  WHERE name = CAST(CAST(? AS BLOB) AS TEXT) AND id > ${integer} AND version IS NULL`,
);

export const CLIENTS_MARK_ROWS = selectsRows(
  'clients_mark_rows',
  `SELECT id, value
  FROM kine
  WHERE name = '${kinesClientsMarkName}' AND id > ${integer} AND version IS NULL`,
);

export const SET_CLIENTS_MARK_ROW = changes(
  'set_clients_mark_row',
  `UPDATE kine
  SET name = '${clientsCompactMarkText}', value = ?, version = ?
  WHERE id = ${integer}`,
);

// Newest rows with a TTL of kine's and no lease.
export const FOREIGN_LEASE_ROWS = selectsRows(
  'foreign_lease_rows',
  `SELECT kine.id, kine.lease
  FROM kine_current
  JOIN kine ON kine.id = kine_current.id
  WHERE kine_current.lease_id IS NULL AND kine.lease > 0 AND kine.version IS NULL`,
);

/** Each takes the lease's id and the row's. */
export const SET_ROW_LEASE = [
  changes('set_row_lease', `UPDATE kine SET lease_id = ? WHERE id = ${integer}`),
  changes(
    'set_current_lease',
    `UPDATE kine_current SET lease_id = ? WHERE name = (SELECT name FROM kine WHERE id = ${integer})`,
  ),
];

// kine deletes what its mark covers together with moving the mark.
export const SET_COMPACTED_TO_MARK = changes(
  'set_compacted_to_mark',
  `INSERT INTO tine_state (name, value)
  SELECT 'compacted_id', MAX(prev_revision) FROM kine WHERE name = '${compactMarkName}'
  ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
);
