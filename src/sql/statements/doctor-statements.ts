/** The statements of `tine doctor`. Each count ends at a limit, which bounds its time. */
import { record, single } from '../shape.ts';
import { selectsRow, selectsRows } from '../statement.ts';

// The number of keys, counted up to a limit.
export const KEY_COUNT_UP_TO = selectsRow(
  'key_count_up_to',
  single('count', 'integer'),
  (sql) => `SELECT COUNT(*)
  FROM (SELECT id FROM kine_current LIMIT ${sql.parameter.integer}) counted`,
);

// The number of rows of table kine, the compaction mark included, counted up to a limit. SQLite and
// MySQL read an index of names, not the values.
export const ROW_COUNT_UP_TO = selectsRow(
  'row_count_up_to',
  single('count', 'integer'),
  (sql) => `SELECT COUNT(*)
  FROM (SELECT id FROM kine LIMIT ${sql.parameter.integer}) counted`,
);

// All members, with the ones that ended without an announcement: details, and the time of the last
// renewal in ms since 1970.
export const MEMBERS_SEEN = selectsRows(
  'members_seen',
  record({ details: 'bytes', seenAtMs: 'integer' }),
  (sql) => `SELECT ${sql.expression.selectedBytes('details')}, seen_at_ms
  FROM tine_member
  ORDER BY id`,
);
