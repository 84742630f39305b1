/** The statements that bring tine's derived tables up to a table `kine` that kine wrote to. They run once at a start. */
import { clientsCompactMarkText, compactMarkName } from '../key-text.ts';
import { record, single } from '../shape.ts';
import { changes, changesEach, selectsRow, selectsRows } from '../statement.ts';

/** kine's name for the API server's key `compact_rev_key`. */
export const kinesClientsMarkName = 'compact_rev_key_apiserver';

/** In `tine_state` while the database is the target of a copy: a number that tells the source. */
export const copySourceName = 'copy_source';

export const UNFINISHED_COPY = selectsRow(
  'unfinished_copy',
  single('source', 'integer'),
  () => `SELECT value
  FROM tine_state
  WHERE name = '${copySourceName}'`,
);

// The id behind so many rows after an id; none when there are fewer. Ids may lie far apart.
export const CHUNK_END = selectsRow(
  'stretch_end',
  single('id', 'integer'),
  (sql) => `SELECT id
  FROM kine
  WHERE id > ${sql.parameter.integer}
  ORDER BY id
  LIMIT 1 OFFSET ${sql.parameter.integer}`,
);

// Compaction marks, oldest first. kine may have left several.
export const MARKS = selectsRows(
  'marks',
  record({ id: 'integer', compactedId: 'integer?' }),
  () => `SELECT id, prev_revision
  FROM kine
  WHERE name = '${compactMarkName}'
  ORDER BY id`,
);

// The mark, as the row after the newest.
export const INSERT_MARK = changes(
  'insert_mark',
  (sql) => `INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, version, value)
  VALUES (${sql.parameter.integer}, '${compactMarkName}', 1, 0, 0, 0, 0, 1, ${sql.expression.noBytes})`,
);

export const MOVE_MARK = changes(
  'move_mark',
  (sql) => `UPDATE kine
  SET prev_revision = ${sql.parameter.integer}
  WHERE id = ${sql.parameter.integer}`,
);

export const NEWEST_ROW = selectsRow(
  'newest_row',
  record({ id: 'integer', version: 'integer?' }),
  () => `SELECT id, version
  FROM kine
  ORDER BY id DESC
  LIMIT 1`,
);

export const COVERED_ID = selectsRow(
  'covered_id',
  single('id', 'integer'),
  () => `SELECT value
  FROM tine_state
  WHERE name = 'covered_id'`,
);

export const SET_COVERED_ID = changes(
  'set_covered_id',
  (sql) => `INSERT INTO tine_state (name, value)
  VALUES ('covered_id', ${sql.parameter.integer})
  ${sql.change.overwrite('name', ['value'])}`,
);

// The newest row that tine wrote after an id. Walks back over kine's rows only.
export const COVERING_ROW = selectsRow(
  'covering_row',
  single('id', 'integer'),
  (sql) => `SELECT id
  FROM kine
  WHERE id > ${sql.parameter.integer} AND version IS NOT NULL
  ORDER BY id DESC
  LIMIT 1`,
);

export const DROP_ALL_CURRENT = changes('drop_all_current', () => 'DELETE FROM kine_current');

// Whose row kine has compacted away, and the tombstone with it.
export const DROP_COMPACTED_CURRENT = changes(
  'drop_compacted_current',
  (sql) => `DELETE FROM kine_current
  WHERE id <= ${sql.parameter.integer} AND NOT EXISTS (SELECT 1 FROM kine WHERE kine.id = kine_current.id)`,
);

/**
 * Each takes a stretch of ids, the first one not included: the keys that are there after it, then those that are gone. Stretches come in their order. Gap rows and the
 * mark are no keys.
 */
export const REFILL_CURRENT = [
  changes(
    'refill_current_there',
    (sql) => `INSERT INTO kine_current (name, id, lease_id, value_bytes)
    SELECT kine.name, kine.id, kine.lease_id, COALESCE(LENGTH(kine.value), 0)
    FROM (SELECT MAX(id) AS id FROM kine WHERE id > ${sql.parameter.integer} AND id <= ${sql.parameter.integer} GROUP BY name) newest
    JOIN kine ON kine.id = newest.id
    WHERE kine.deleted = 0 AND kine.name <> '${compactMarkName}'
    ${sql.change.overwrite('name', ['id', 'lease_id', 'value_bytes'])}`,
  ),
  changes('refill_current_gone', (sql) =>
    sql.change.deleteNamed(
      'kine_current',
      `SELECT kine.name
      FROM (SELECT MAX(id) AS id FROM kine WHERE id > ${sql.parameter.integer} AND id <= ${sql.parameter.integer} GROUP BY name) newest
      JOIN kine ON kine.id = newest.id
      WHERE kine.deleted = 1`,
    ),
  ),
];

// Rows of a stretch of ids that replaced a row of another name. To kine's collation on MySQL upper and lower case are one; elsewhere there are none.
export const RENAMED_ROWS = selectsRows(
  'renamed_rows',
  record({ id: 'integer', name: 'text', earlierName: 'text' }),
  (sql) => `SELECT later.id, later.name, earlier.name
  FROM kine later
  JOIN kine earlier ON earlier.id = later.prev_revision
  WHERE later.id > ${sql.parameter.integer} AND later.id <= ${sql.parameter.integer} AND later.version IS NULL
    AND later.name <> '${compactMarkName}' AND later.name <> earlier.name
    AND ${sql.kine.foldsCase ? '1 = 1' : '1 = 0'}
  ORDER BY later.id`,
);

export const RENAME_EARLIER = changes(
  'rename_earlier',
  (sql) => `UPDATE kine
  SET name = ${sql.parameter.text}
  WHERE name = ${sql.parameter.text} AND id < ${sql.parameter.integer} AND version IS NULL`,
);

// Names with bytes that tine escapes, as bytes: kine keeps keys as they come, in UTF-8 or not.
export const FOREIGN_NAMES = selectsRows(
  'foreign_names',
  single('name', 'bytes'),
  (sql) => `SELECT DISTINCT ${sql.expression.selectedBytes(sql.expression.bytesOf('name'))}
  FROM kine
  WHERE id > ${sql.parameter.integer} AND id <= ${sql.parameter.integer} AND version IS NULL AND ${sql.expression.isForeign('name')}`,
);

export const RENAME = changes(
  'rename',
  (sql) => `UPDATE kine
  SET name = ${sql.parameter.text}
  WHERE name = ${sql.parameter.textOfBytes} AND id > ${sql.parameter.integer} AND version IS NULL`,
);

export const CLIENTS_MARK_ROWS = selectsRows(
  'clients_mark_rows',
  record({ id: 'integer', value: 'bytes?' }),
  (sql) => `SELECT id, ${sql.expression.selectedBytes('value')}
  FROM kine
  WHERE name = '${kinesClientsMarkName}' AND id > ${sql.parameter.integer} AND version IS NULL`,
);

export const SET_CLIENTS_MARK_ROW = changes(
  'set_clients_mark_row',
  (sql) => `UPDATE kine
  SET name = ${sql.parameter.text}, value = ${sql.parameter.bytes}, version = ${sql.parameter.integer}
  WHERE id = ${sql.parameter.integer}`,
);

/** The first parameter of `SET_CLIENTS_MARK_ROW`. */
export const clientsMarkName: string = clientsCompactMarkText;

// Newest rows with a TTL of kine's and no lease, in a stretch of ids.
export const FOREIGN_LEASE_ROWS = selectsRows(
  'foreign_lease_rows',
  record({ id: 'integer', ttlSeconds: 'integer', name: 'text', valueBytes: 'integer' }),
  (sql) => `SELECT kine.id, kine.lease, kine.name, kine_current.value_bytes
  FROM kine
  JOIN kine_current ON kine_current.name = kine.name AND kine_current.id = kine.id
  WHERE kine.id > ${sql.parameter.integer} AND kine.id <= ${sql.parameter.integer} AND kine.lease > 0 AND kine.lease_id IS NULL`,
);

/** Takes ids. A lease made of a TTL of kine's is named by the row that set it. */
export const SET_ROW_LEASE = changesEach(
  'set_row_lease',
  ['integer'],
  (sql) => `UPDATE kine
  SET lease_id = id
  WHERE ${sql.list.contains('id', 'integer')}`,
);

// kine deletes what its mark covers together with moving the mark.
export const SET_COMPACTED_TO_MARK = changes(
  'set_compacted_to_mark',
  (sql) => `INSERT INTO tine_state (name, value)
  SELECT 'compacted_id', MAX(prev_revision) FROM kine WHERE name = '${compactMarkName}'
  ${sql.change.overwrite('name', ['value'])}`,
);
