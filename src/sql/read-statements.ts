/** The statements of reads: the newest rows of keys, their rows at a revision, the log. */
import { compactMarkName } from './key-text.ts';
import { createRevision, modRevision, rowColumns, version } from './row.ts';
import { integer, selectsRow, selectsRows, type Statement, text } from './statement.ts';

/** Sorts after every key's text: the end of an interval that has none. */
export const endOfKeys = '\uffff';

// Id and revision of the newest row, id and revision of the compaction mark. The mark holds an id; rows after it are never
// compacted, so the mark's revision is the one before the next row's.
export const HEAD = selectsRow(
  'head',
  `SELECT newest.id,
    newest.revision,
    COALESCE(mark.prev_revision, 0),
    CASE WHEN COALESCE(mark.prev_revision, 0) = 0 THEN 0
      ELSE COALESCE(
        (SELECT ${modRevision('next')} - 1 FROM kine next WHERE next.id > mark.prev_revision ORDER BY next.id LIMIT 1),
        newest.revision) END
  FROM (SELECT id, ${modRevision('kine')} AS revision FROM kine ORDER BY id DESC LIMIT 1) newest
  LEFT JOIN (SELECT prev_revision FROM kine WHERE name = '${compactMarkName}' ORDER BY id LIMIT 1) mark`,
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

// Walks the index of newest rows: the cost is the keys counted.
export const COUNT_CURRENT = selectsRow(
  'count_current',
  `SELECT COUNT(*)
  FROM kine_current
  WHERE name >= ${text} AND name < ${text}`,
);

/** Which rows a range reads: the newest of each key, or the newest at or before an id. */
export type RangeSource = 'current' | 'history';

/** What a range statement selects beside the row's columns. */
export interface RangeShape {
  readonly source: RangeSource;
  readonly withValue: boolean;
  /** Undefined: by name, ascending. */
  readonly sort: { readonly target: string; readonly descending: boolean } | undefined;
  readonly filtered: boolean;
}

const rangeStatements = new Map<string, Statement>();

/**
 * The statement of a range. Parameters in order: for `history` the id; start, end; for `filtered` max and min modification revision,
 * max and min create revision, each twice (0: no bound); the limit (-1: none).
 */
export function rangeStatement(shape: RangeShape): Statement {
  const name = [
    'range',
    shape.source,
    shape.withValue ? 'values' : 'keys',
    shape.sort === undefined ? 'by_key' : `by_${shape.sort.target}_${shape.sort.descending ? 'descending' : 'ascending'}`,
    shape.filtered ? 'filtered' : 'all',
  ].join('_');
  let statement = rangeStatements.get(name);
  if (statement === undefined) {
    statement = selectsRows(name, rangeText(shape));
    rangeStatements.set(name, statement);
  }
  return statement;
}

function rangeText(shape: RangeShape): string {
  return `${shape.source === 'current' ? currentRows : historyRows}
  ${shape.filtered ? filters : ''}
  ORDER BY ${order(shape)}
  LIMIT ?`.replace(
    '{columns}',
    `${rowColumns('kine')}${shape.withValue ? ', kine.value' : ''}`,
  );
}

// CROSS JOIN fixes the order: walk the names, probe the table, so that a limit ends the walk.
const currentRows = `SELECT {columns}
  FROM kine_current
  CROSS JOIN kine ON kine.id = kine_current.id
  WHERE kine_current.name >= ${text} AND kine_current.name < ${text}`;

// The newest rows of an interval with the length of their values instead of the values.
export const CURRENT_LENGTHS = selectsRows(
  'current_lengths',
  `SELECT ${rowColumns('kine')}, COALESCE(LENGTH(kine.value), 0)
  FROM kine_current
  CROSS JOIN kine ON kine.id = kine_current.id
  WHERE kine_current.name >= ${text} AND kine_current.name < ${text}
  ORDER BY kine_current.name
  LIMIT ?`,
);

// The values of an interval's newest rows, one after the other in one blob: reading 10,000 values one by one costs 24 ms, in one
// piece 12 ms. The walk over kine_current is in the order of names.
export const CURRENT_VALUES = selectsRow(
  'current_values',
  `SELECT CAST(GROUP_CONCAT(value, '') AS BLOB)
  FROM (
    SELECT COALESCE(kine.value, X'') AS value
    FROM kine_current
    CROSS JOIN kine ON kine.id = kine_current.id
    WHERE kine_current.name >= ${text} AND kine_current.name <= ${text}
    ORDER BY kine_current.name)`,
);

// Steps from name to name in the index (name, id) and takes each name's newest row at or before an id: two probes a name, however
// many revisions it has.
const skipScan = `WITH RECURSIVE bounds(through_id, first_name, end_name) AS (SELECT ${integer}, ${text}, ${text}),
  names(name) AS (
    SELECT (SELECT MIN(kine.name) FROM kine WHERE kine.name >= bounds.first_name AND kine.name < bounds.end_name) FROM bounds
    UNION ALL
    SELECT (SELECT MIN(kine.name) FROM kine, bounds WHERE kine.name > names.name AND kine.name < bounds.end_name)
    FROM names
    WHERE names.name IS NOT NULL
  )`;

const historyRows = `${skipScan}
  SELECT {columns}
  FROM names
  CROSS JOIN kine ON kine.id = (
    SELECT older.id FROM kine older, bounds WHERE older.name = names.name AND older.id <= bounds.through_id ORDER BY older.id DESC LIMIT 1)
  WHERE kine.deleted = 0 AND kine.name <> '${compactMarkName}'`;

// How many keys there were at an id.
export const COUNT_HISTORY = selectsRow(
  'count_history',
  `${skipScan}
  SELECT COUNT(*)
  FROM names
  CROSS JOIN kine ON kine.id = (
    SELECT older.id FROM kine older, bounds WHERE older.name = names.name AND older.id <= bounds.through_id ORDER BY older.id DESC LIMIT 1)
  WHERE kine.deleted = 0 AND kine.name <> '${compactMarkName}'`,
);

const filters = `AND (? = 0 OR ${modRevision('kine')} <= ?)
    AND (? = 0 OR ${modRevision('kine')} >= ?)
    AND (? = 0 OR ${createRevision('kine')} <= ?)
    AND (? = 0 OR ${createRevision('kine')} >= ?)`;

const sortColumns: Record<string, string> = {
  key: 'kine.name',
  version: version('kine'),
  create: createRevision('kine'),
  mod: modRevision('kine'),
  value: "COALESCE(kine.value, X'')",
};

function order(shape: RangeShape): string {
  const byName = shape.source === 'current' ? 'kine_current.name' : 'names.name';
  if (shape.sort === undefined) return byName;
  return `${sortColumns[shape.sort.target]} ${shape.sort.descending ? 'DESC' : 'ASC'}, ${byName}`;
}

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
  LIMIT ?`,
);

// The rows of one key after an id and up to another.
export const EVENTS_OF_KEY = selectsRows(
  'events_of_key',
  `SELECT ${isEvent},
    ${eventColumns}
  ${eventRows}
  WHERE kine.name = ${text} AND kine.id > ${integer} AND kine.id <= ${integer}
  ORDER BY kine.id
  LIMIT ?`,
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
  LIMIT ?`,
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
  LIMIT ?`,
);

// The keys that hang on a lease.
export const KEYS_OF_LEASE = selectsRows(
  'keys_of_lease',
  `SELECT name
  FROM kine_current
  WHERE lease_id = ${integer} AND lease_id <> 0
  ORDER BY name`,
);
