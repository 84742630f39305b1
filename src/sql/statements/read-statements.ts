/** The statements of reads other than ranges: the head, single keys, the log, leases. */
import { limits } from '../../limits.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { compactMarkName } from '../key-text.ts';
import { type EventRow, eventShape } from '../rows/event-row.ts';
import { headShape } from '../rows/head-row.ts';
import { leaseShape } from '../rows/lease-row.ts';
import { headAndNewestShape, newestShapes } from '../rows/newest-row.ts';
import { createRevision, modRevision, rowColumns, version } from '../rows/row.ts';
import { single } from '../shape.ts';
import { type Select, selectsEach, selectsRow, selectsRows } from '../statement.ts';

// The head: id and revision of the newest row, id and revision of the compaction mark, and the auth
// state. The mark stores an id. Rows after this id are never compacted, so the revision of the mark
// is the revision of the next row minus 1. A mark at 0 means no compaction, or (version 2) a
// compaction at revision 0.
export const HEAD = selectsRow(
  'head',
  headShape,
  (sql) => `SELECT newest.id,
    newest.revision,
    COALESCE(mark.prev_revision, 0) AS compact_id,
    CASE WHEN COALESCE(mark.prev_revision, 0) = 0 THEN CASE WHEN mark.version = 2 THEN 0 ELSE -1 END
      ELSE COALESCE(
        (SELECT ${modRevision('next_row')} - 1 FROM kine next_row WHERE next_row.id > ${markId(sql)} ORDER BY next_row.id LIMIT 1),
        newest.revision) END AS compact_revision,
    ${authState} AS auth_state
  FROM (SELECT id, ${modRevision('kine')} AS revision FROM kine ORDER BY id DESC LIMIT 1) newest
  LEFT JOIN (SELECT prev_revision, version FROM kine WHERE name = '${compactMarkName}' ORDER BY id LIMIT 1) mark ON 1 = 1`,
);

/**
 * Twice the auth revision, plus 1 while auth is on. If auth was never changed, its revision is 1,
 * as in etcd.
 */
const authState = `COALESCE((SELECT 2 * value FROM tine_state WHERE name = 'auth_revision'), 2)
      + COALESCE((SELECT value FROM tine_state WHERE name = 'auth_enabled'), 0)`;

function markId(sql: Dialect): string {
  if (sql.parameter.byNumber === undefined) return 'mark.prev_revision';
  return `(SELECT prev_revision FROM kine WHERE name = '${compactMarkName}' ORDER BY id LIMIT 1)`;
}

// The last row at or before a revision. The last row with a value in column `revision` comes from
// the index of this column. After it come only rows whose id is their revision.
export const ID_THROUGH_REVISION = selectsRow('id_through_revision', single('id', 'integer'), (sql) =>
  sql.parameter.byNumber === undefined ? throughCommonTable(sql) : throughParameter(sql.parameter.byNumber),
);

function throughCommonTable(sql: Dialect): string {
  return `WITH asked(revision) AS (SELECT ${sql.parameter.integer}),
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
  FROM lagging, asked`;
}

function throughParameter(parameter: (number: number) => string): string {
  const revision = parameter(1);
  const lagging = `COALESCE((
    SELECT id
    FROM kine
    WHERE revision > 0 AND revision <= ${revision}
    ORDER BY revision DESC, id DESC
    LIMIT 1), 0)`;
  return `SELECT COALESCE((SELECT MAX(id) FROM kine WHERE id > ${lagging} AND id <= ${revision}), ${lagging})`;
}

// The newest row of each name, which may be a tombstone (`deleted` is the first column). One
// look-up in the index of names for each name.
export const NEWEST_ROWS = selectsEach(
  'newest_rows',
  ['text'],
  newestShapes.whole,
  (sql) => `SELECT kine.deleted, ${rowColumns(sql, 'kine').join(', ')}, ${sql.expression.selectedBytes('kine.value')}
  FROM ${sql.kine.newestOfNames}`,
);

// The newest rows without values, for compares.
export const NEWEST_ROWS_WITHOUT_VALUE = selectsEach(
  'newest_rows_without_value',
  ['text'],
  newestShapes.bare,
  (sql) => `SELECT kine.deleted, ${rowColumns(sql, 'kine').join(', ')}
  FROM ${sql.kine.newestOfNames}`,
);

/** Two columns: the value unless it is large, and whether it is large. */
function smallValue(sql: Dialect): string {
  const isLarge = `LENGTH(kine.value) > ${limits.pointValueBytesMax}`;
  return `${sql.expression.selectedBytes(`CASE WHEN ${isLarge} THEN NULL ELSE kine.value END`)}, CASE WHEN ${isLarge} THEN 1 ELSE 0 END`;
}

// The newest rows with the values that are not large, because many keys are read at once.
export const NEWEST_SMALL_ROWS = selectsEach(
  'newest_small_rows',
  ['text'],
  newestShapes.small,
  (sql) => `SELECT kine.deleted, ${rowColumns(sql, 'kine').join(', ')}, ${smallValue(sql)}
  FROM ${sql.kine.newestOfNames}`,
);

// The same rows, each with the head before it. If no name has a row, one row with the head alone.
// One statement sees one moment, so no transaction is needed. For databases that read a list with
// one statement.
export const HEAD_AND_NEWEST_SMALL_ROWS = selectsEach(
  'head_and_newest_small_rows',
  ['text'],
  headAndNewestShape,
  (sql) => `SELECT head.id,
    head.revision,
    head.compact_id,
    head.compact_revision,
    head.auth_state,
    kine.deleted,
    ${rowColumns(sql, 'kine').join(', ')},
    ${smallValue(sql)}
  FROM (${HEAD.text(sql)}) head
  LEFT JOIN (${sql.kine.newestOfNames}) ON 1 = 1`,
);

// An event: the row, its value, and the row that it replaced, if it still exists. Gaps that kine
// left (deleted, but without a replaced row) and the compaction mark are not events.
function events(name: string, where: (sql: Dialect) => string): Select<EventRow> {
  return selectsRows(name, eventShape, (sql) =>
    sql.upToBytes({
      before: '',
      columns: [
        `CASE WHEN kine.name <> '${compactMarkName}' AND (kine.deleted = 0 OR kine.prev_revision <> 0) THEN 1 ELSE 0 END`,
        ...rowColumns(sql, 'kine'),
        sql.expression.selectedBytes('kine.value'),
        'kine.deleted',
        'older.name',
        'older.id',
        modRevision('older'),
        createRevision('older'),
        `CASE WHEN older.id IS NULL THEN NULL ELSE ${version(sql, 'older')} END`,
        sql.expression.asText('older.lease_id'),
        sql.expression.selectedBytes('older.value'),
      ],
      bytes: 'COALESCE(LENGTH(kine.value), 0) + COALESCE(LENGTH(older.value), 0)',
      from: `FROM kine
      ${sql.kine.leftJoinRow('older', 'kine.prev_revision', 'older.deleted = 0')}
      WHERE ${where(sql)}`,
      orderedBy: 'kine.id',
      orderColumn: 3,
      comesInOrder: false,
    }),
  );
}

// Rows after an id, oldest first. Walks the primary key; the cost is the returned rows.
export const EVENTS_AFTER = events('events_after', (sql) => `kine.id > ${sql.parameter.integer}`);

// The rows of one key, after an id and up to another id.
export const EVENTS_OF_KEY = events(
  'events_of_key',
  (sql) =>
    `kine.name = ${sql.parameter.text} AND kine.id > ${sql.parameter.integer} AND kine.id <= ${sql.parameter.integer}`,
);

// The rows of an interval of keys, after an id and up to another id. Walks the primary key; the
// caller bounds the number of ids.
export const EVENTS_OF_INTERVAL = events(
  'events_of_interval',
  (sql) => `kine.id > ${sql.parameter.integer} AND kine.id <= ${sql.parameter.integer}
        AND ${sql.expression.unindexed('kine.name')} >= ${sql.parameter.text} AND ${sql.expression.unindexed('kine.name')} < ${sql.parameter.text}`,
);

// The rows after an id, up to the last id of the same revision: the rest of its transaction.
export const REST_OF_TRANSACTION = events(
  'rest_of_transaction',
  (sql) => `kine.id > ${sql.parameter.integer} AND kine.id <= ${sql.parameter.integer}`,
);

const leaseColumns = (sql: Dialect) => `${sql.expression.asText('id')}, ttl_seconds, expires_at_ms`;

export const LEASES_BY_ID = selectsEach(
  'leases_by_id',
  ['integer'],
  leaseShape,
  (sql) => `SELECT ${leaseColumns(sql)}
  FROM tine_lease
  WHERE ${sql.list.contains('id', 'integer')}`,
);

// Ordered by id as a number. Postgres would read a bare `id` as the selected text.
export const LEASES = selectsRows(
  'leases',
  leaseShape,
  (sql) => `SELECT ${leaseColumns(sql)}
  FROM tine_lease
  ORDER BY tine_lease.id`,
);

export const LEASE_COUNT = selectsRow(
  'lease_count',
  single('count', 'integer'),
  () => 'SELECT COUNT(*) FROM tine_lease',
);

// The leases that expire first, in this order.
export const NEXT_LEASES = selectsRows(
  'next_leases',
  leaseShape,
  (sql) => `SELECT ${leaseColumns(sql)}
  FROM tine_lease
  ORDER BY expires_at_ms
  LIMIT ${sql.parameter.integer}`,
);

// The keys attached to a lease.
export const KEYS_OF_LEASE = selectsRows(
  'keys_of_lease',
  single('name', 'text'),
  (sql) => `SELECT name
  FROM kine_current
  WHERE lease_id = ${sql.parameter.integer} AND lease_id <> 0
  ORDER BY name`,
);

// The keys attached to any lease.
export const LEASED_KEYS = selectsRows(
  'leased_keys',
  single('name', 'text'),
  () => `SELECT name
  FROM kine_current
  WHERE lease_id <> 0`,
);
