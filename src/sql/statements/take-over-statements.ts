/**
 * The statements that update tine's derived tables after kine wrote to table `kine`. They run once
 * at a start.
 */
import { clientsCompactMarkText, compactMarkName } from '../key-text.ts';
import { record, single } from '../shape.ts';
import { changes, changesEach, selectsRow, selectsRows } from '../statement.ts';
import { changesState, selectsState } from './state-statements.ts';

/** kine's name for the API server's key `compact_rev_key`. */
export const kinesClientsMarkName = 'compact_rev_key_apiserver';

/**
 * The name in `tine_state` while the database is the target of a copy. Its number identifies the
 * source.
 */
export const copySourceName = 'copy_source';

export const UNFINISHED_COPY = selectsState('unfinished_copy', copySourceName);

// The id of the row at an offset after an id; no row if there are fewer rows. Used to walk the
// table in chunks of rows, because ids may be far apart.
export const CHUNK_END = selectsRow(
  'interval_end',
  single('id', 'integer'),
  (sql) => `SELECT id
  FROM kine
  WHERE id > ${sql.parameter.integer}
  ORDER BY id
  LIMIT 1 OFFSET ${sql.parameter.integer}`,
);

// All compaction marks, oldest first. kine may have left several.
export const MARKS = selectsRows(
  'marks',
  record({ id: 'integer', compactedId: 'integer?' }),
  () => `SELECT id, prev_revision
  FROM kine
  WHERE name = '${compactMarkName}'
  ORDER BY id`,
);

// Inserts the compaction mark with an id and a version.
export const INSERT_MARK = changes(
  'insert_mark',
  (sql) => `INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, version, value)
  VALUES (${sql.parameter.integer}, '${compactMarkName}', 1, 0, 0, 0, 0, ${sql.parameter.integer}, ${sql.expression.noBytes})`,
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

export const COVERED_ID = selectsState('covered_id', 'covered_id');

export const SET_COVERED_ID = changesState('set_covered_id', 'covered_id');

// The newest row that tine wrote after an id. Walks back over rows by kine only.
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

// Removes keys from the index whose row kine compacted together with its tombstone.
export const DROP_COMPACTED_CURRENT = changes(
  'drop_compacted_current',
  (sql) => `DELETE FROM kine_current
  WHERE id <= ${sql.parameter.integer} AND NOT EXISTS (SELECT 1 FROM kine WHERE kine.id = kine_current.id)`,
);

/**
 * Update the index from an interval of ids, without the first id: the first statement adds the keys
 * that exist at its end, the second removes the deleted keys. Intervals must follow each other in
 * order. Gaps and the mark are not keys.
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

// Rows in an interval of ids that replaced a row of another name. kine's collation on MySQL treats
// upper and lower case as equal; on other databases no row is found.
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

// Names with bytes that tine escapes, as bytes. kine stores keys unchanged, in UTF-8 or not.
export const FOREIGN_NAMES = selectsRows(
  'foreign_names',
  single('name', 'bytes'),
  (sql) => `SELECT DISTINCT ${sql.expression.selectedBytes(sql.expression.bytesOf('name'))}
  FROM kine
  WHERE id > ${sql.parameter.integer} AND id <= ${sql.parameter.integer} AND version IS NULL AND ${sql.expression.isForeign('name')}`,
);

// Renames the rows of an interval. Later rows keep their name until their own interval: under the
// new name they would be found as foreign again.
export const RENAME = changes(
  'rename',
  (sql) => `UPDATE kine
  SET name = ${sql.parameter.text}
  WHERE name = ${sql.parameter.textOfBytes} AND id > ${sql.parameter.integer} AND id <= ${sql.parameter.integer} AND version IS NULL`,
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

// Newest rows with a TTL by kine and no lease, in an interval of ids.
export const FOREIGN_LEASE_ROWS = selectsRows(
  'foreign_lease_rows',
  record({ id: 'integer', ttlSeconds: 'integer', name: 'text', valueBytes: 'integer' }),
  (sql) => `SELECT kine.id, kine.lease, kine.name, kine_current.value_bytes
  FROM kine
  JOIN kine_current ON kine_current.name = kine.name AND kine_current.id = kine.id
  WHERE kine.id > ${sql.parameter.integer} AND kine.id <= ${sql.parameter.integer} AND kine.lease > 0 AND kine.lease_id IS NULL`,
);

/** Takes ids of rows. The id of a lease created from kine's TTL is the id of its row. */
export const SET_ROW_LEASE = changesEach(
  'set_row_lease',
  ['integer'],
  (sql) => `UPDATE kine
  SET lease_id = id
  WHERE ${sql.list.contains('id', 'integer')}`,
);

// kine deletes rows in the transaction that moves its mark, so all rows up to the mark are deleted
// already.
export const SET_COMPACTED_TO_MARK = changes(
  'set_compacted_to_mark',
  (sql) => `INSERT INTO tine_state (name, value)
  SELECT 'compacted_id', MAX(prev_revision) FROM kine WHERE name = '${compactMarkName}'
  ${sql.change.overwrite('name', ['value'])}`,
);
