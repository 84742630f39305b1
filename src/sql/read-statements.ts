/** The statements of reads other than ranges: the head, single keys, the log, leases. */
import { compactMarkName } from './key-text.ts';
import { createRevision, modRevision, rowColumns, version } from './row.ts';
import { integer, selectsRow, selectsRows, text } from './statement.ts';

// Id and revision of the newest row, id and revision of the compaction mark. The mark holds an id; rows after it are never
// compacted, so the mark's revision is the one before the next row's. A mark at 0 stands for no compaction, or (version 2) for one at revision 0.
export const HEAD = selectsRow(
  'head',
  `SELECT newest.id,
    newest.revision,
    COALESCE(mark.prev_revision, 0),
    CASE WHEN COALESCE(mark.prev_revision, 0) = 0 THEN CASE WHEN mark.version = 2 THEN 0 ELSE -1 END
      ELSE COALESCE(
        (SELECT ${modRevision('next')} - 1 FROM kine next WHERE next.id > mark.prev_revision ORDER BY next.id LIMIT 1),
        newest.revision) END
  FROM (SELECT id, ${modRevision('kine')} AS revision FROM kine ORDER BY id DESC LIMIT 1) newest
  LEFT JOIN (SELECT prev_revision, version FROM kine WHERE name = '${compactMarkName}' ORDER BY id LIMIT 1) mark`,
);

// The last row at or before a revision. Rows with a revision of their own are found in its index; after them come only rows whose
// id is their revision.
export const ID_THROUGH_REVISION = selectsRow(
  'id_through_revision',
  `WITH asked(revision) AS (SELECT ${integer}),
  lagging(id) AS (
    SELECT COALESCE((
      SELECT kine.id
      FROM kine
      WHERE kine.revision > 0 AND kine.revision <= asked.revision
      ORDER BY kine.revision DESC, kine.id DESC
      LIMIT 1), 0)
    FROM asked
  )
  SELECT COALESCE((SELECT MAX(kine.id) FROM kine WHERE kine.id > lagging.id AND kine.id <= asked.revision), lagging.id)
  FROM lagging, asked`,
);

// The newest row of one key: two probes.
export const CURRENT_ROW = selectsRow(
  'current_row',
  `SELECT ${rowColumns('kine')}, kine.value
  FROM kine_current
  JOIN kine ON kine.id = kine_current.id
  WHERE kine_current.name = ${text}`,
);

// The same without its value, for compares.
export const CURRENT_ROW_WITHOUT_VALUE = selectsRow(
  'current_row_without_value',
  `SELECT ${rowColumns('kine')}
  FROM kine_current
  JOIN kine ON kine.id = kine_current.id
  WHERE kine_current.name = ${text}`,
);

// An event: the row, its value, and the row it replaced, as it still stands there. Gap rows that kine left (deleted, but replacing nothing)
// and the compaction mark are not events.
const eventColumns = `${rowColumns('kine')},
    kine.value,
    kine.deleted,
    older.name,
    older.id,
    ${modRevision('older')},
    ${createRevision('older')},
    CASE WHEN older.id IS NULL THEN NULL ELSE ${version('older')} END,
    CAST(older.lease_id AS TEXT),
    older.value`;

const eventRows = `FROM kine
  LEFT JOIN kine older ON older.id = kine.prev_revision AND older.deleted = 0`;

const isEvent = `kine.name <> '${compactMarkName}' AND (kine.deleted = 0 OR kine.prev_revision <> 0)`;

// Rows after an id, oldest first. Walks the primary key: the cost is the rows returned.
export const EVENTS_AFTER = selectsRows(
  'events_after',
  `SELECT ${isEvent},
    ${eventColumns}
  ${eventRows}
  WHERE kine.id > ${integer}
  ORDER BY kine.id
  LIMIT ${integer}`,
);

// The rows of one key after an id and up to another.
export const EVENTS_OF_KEY = selectsRows(
  'events_of_key',
  `SELECT ${isEvent},
    ${eventColumns}
  ${eventRows}
  WHERE kine.name = ${text} AND kine.id > ${integer} AND kine.id <= ${integer}
  ORDER BY kine.id
  LIMIT ${integer}`,
);

// The rows of an interval of keys among those after an id and up to another. Walks the primary key (+ keeps the planner off the
// index of names): the caller bounds the stretch of ids.
export const EVENTS_OF_INTERVAL = selectsRows(
  'events_of_interval',
  `SELECT ${isEvent},
    ${eventColumns}
  ${eventRows}
  WHERE kine.id > ${integer} AND kine.id <= ${integer} AND +kine.name >= ${text} AND +kine.name < ${text}
  ORDER BY kine.id
  LIMIT ${integer}`,
);

// The rows after an id that belong to its transaction: neighbours with its revision.
export const REST_OF_TRANSACTION = selectsRows(
  'rest_of_transaction',
  `SELECT ${isEvent},
    ${eventColumns}
  ${eventRows}
  WHERE kine.id > ${integer} AND kine.id <= ${integer}
  ORDER BY kine.id`,
);

export const LEASE = selectsRow(
  'lease',
  `SELECT CAST(id AS TEXT), ttl_seconds, expires_at_ms
  FROM tine_lease
  WHERE id = ${integer}`,
);

export const LEASES = selectsRows(
  'leases',
  `SELECT CAST(id AS TEXT), ttl_seconds, expires_at_ms
  FROM tine_lease
  ORDER BY id`,
);

// Leases that are due, the longest overdue first.
export const LEASES_DUE = selectsRows(
  'leases_due',
  `SELECT CAST(id AS TEXT), ttl_seconds, expires_at_ms
  FROM tine_lease
  WHERE expires_at_ms <= ${integer}
  ORDER BY expires_at_ms
  LIMIT ${integer}`,
);

// The keys that hang on a lease.
export const KEYS_OF_LEASE = selectsRows(
  'keys_of_lease',
  `SELECT name
  FROM kine_current
  WHERE lease_id = ${integer} AND lease_id <> 0
  ORDER BY name`,
);
