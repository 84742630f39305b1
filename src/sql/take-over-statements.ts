/** The statements that bring tine's derived tables up to a table `kine` that kine wrote to. They run once at a start. */
import { clientsCompactMarkText, compactMarkName } from './key-text.ts';
import { changes, changesEach, selectsRow, selectsRows } from './statement.ts';

/** kine's name for the API server's key `compact_rev_key`. */
export const kinesClientsMarkName = 'compact_rev_key_apiserver';

// Compaction marks, oldest first. kine may have left several.
export const MARKS = selectsRows(
  'marks',
  () => `SELECT id, prev_revision
  FROM kine
  WHERE name = '${compactMarkName}'
  ORDER BY id`,
);

// The mark, as the row after the newest.
export const INSERT_MARK = changes(
  'insert_mark',
  (sql) => `INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, version, value)
  VALUES (${sql.integer}, '${compactMarkName}', 1, 0, 0, 0, 0, 1, ${sql.noBytes})`,
);

export const MOVE_MARK = changes(
  'move_mark',
  (sql) => `UPDATE kine
  SET prev_revision = ${sql.integer}
  WHERE id = ${sql.integer}`,
);

export const NEWEST_ROW = selectsRow(
  'newest_row',
  () => `SELECT id, version
  FROM kine
  ORDER BY id DESC
  LIMIT 1`,
);

export const COVERED_ID = selectsRow(
  'covered_id',
  () => `SELECT value
  FROM tine_state
  WHERE name = 'covered_id'`,
);

export const SET_COVERED_ID = changes(
  'set_covered_id',
  (sql) => `INSERT INTO tine_state (name, value)
  VALUES ('covered_id', ${sql.integer})
  ${sql.overwrite('name', ['value'])}`,
);

// The newest row that tine wrote after an id. Walks back over kine's rows only.
export const COVERING_ROW = selectsRow(
  'covering_row',
  (sql) => `SELECT id
  FROM kine
  WHERE id > ${sql.integer} AND version IS NOT NULL
  ORDER BY id DESC
  LIMIT 1`,
);

export const DROP_ALL_CURRENT = changes('drop_all_current', () => 'DELETE FROM kine_current');

/** Each takes the id after which rows are new: first the keys that are gone, then those that are there. Gap rows and the mark are no keys. */
export const REFILL_CURRENT = [
  changes(
    'refill_current_gone',
    (sql) => `DELETE FROM kine_current
    WHERE name IN (SELECT name FROM kine WHERE id > ${sql.integer} AND deleted = 1 AND prev_revision <> 0)`,
  ),
  // Whose tombstone kine has compacted away already.
  changes(
    'refill_current_compacted',
    (sql) => `DELETE FROM kine_current
    WHERE id <= ${sql.integer} AND NOT EXISTS (SELECT 1 FROM kine WHERE kine.id = kine_current.id)`,
  ),
  changes(
    'refill_current_there',
    (sql) => `INSERT INTO kine_current (name, id, lease_id)
    SELECT kine.name, kine.id, kine.lease_id
    FROM (SELECT MAX(id) AS id FROM kine WHERE id > ${sql.integer} GROUP BY name) newest
    JOIN kine ON kine.id = newest.id
    WHERE kine.deleted = 0 AND kine.name <> '${compactMarkName}'
    ${sql.overwrite('name', ['id', 'lease_id'])}`,
  ),
];

// Names with bytes that tine escapes, as bytes: kine keeps keys as they come, in UTF-8 or not.
export const FOREIGN_NAMES = selectsRows(
  'foreign_names',
  (sql) => `SELECT DISTINCT ${sql.selectedBytes(sql.bytesOf('name'))}
  FROM kine
  WHERE id > ${sql.integer} AND ${sql.isForeign('name')} AND version IS NULL`,
);

export const RENAME = changes(
  'rename',
  (sql) => `UPDATE kine
  SET name = ${sql.text}
  WHERE name = ${sql.textOfBytes} AND id > ${sql.integer} AND version IS NULL`,
);

export const CLIENTS_MARK_ROWS = selectsRows(
  'clients_mark_rows',
  (sql) => `SELECT id, ${sql.selectedBytes('value')}
  FROM kine
  WHERE name = '${kinesClientsMarkName}' AND id > ${sql.integer} AND version IS NULL`,
);

export const SET_CLIENTS_MARK_ROW = changes(
  'set_clients_mark_row',
  (sql) => `UPDATE kine
  SET name = ${sql.text}, value = ${sql.bytes}, version = ${sql.integer}
  WHERE id = ${sql.integer}`,
);

/** The first parameter of `SET_CLIENTS_MARK_ROW`. */
export const clientsMarkName: string = clientsCompactMarkText;

// Newest rows with a TTL of kine's and no lease.
export const FOREIGN_LEASE_ROWS = selectsRows(
  'foreign_lease_rows',
  () => `SELECT kine.id, kine.lease
  FROM kine_current
  JOIN kine ON kine.id = kine_current.id
  WHERE kine_current.lease_id IS NULL AND kine.lease > 0 AND kine.version IS NULL`,
);

/** Each takes lease ids. A lease made of a TTL of kine's is named by the row that set it. */
export const SET_ROW_LEASE = [
  changesEach(
    'set_row_lease',
    ['integer'],
    (sql) => `UPDATE kine
    SET lease_id = id
    WHERE ${sql.inList('id', 'integer')}`,
  ),
  changesEach(
    'set_current_lease',
    ['integer'],
    (sql) => `UPDATE kine_current
    SET lease_id = id
    WHERE ${sql.inList('id', 'integer')}`,
  ),
];

// kine deletes what its mark covers together with moving the mark.
export const SET_COMPACTED_TO_MARK = changes(
  'set_compacted_to_mark',
  (sql) => `INSERT INTO tine_state (name, value)
  SELECT 'compacted_id', MAX(prev_revision) FROM kine WHERE name = '${compactMarkName}'
  ${sql.overwrite('name', ['value'])}`,
);
