/** The statements of members, the instances that share one database. */
import { record, single } from '../shape.ts';
import { changes, insertsRecords, selectsRow, selectsRows } from '../statement.ts';
import { changesState } from './state-statements.ts';

// The members that renewed their row since a moment: id, details, and whether the member was named
// the leader.
export const MEMBERS_SINCE = selectsRows(
  'members_since',
  record({ id: 'text', details: 'bytes', isLeader: 'integer' }),
  (sql) => `SELECT ${sql.expression.asText('id')}, ${sql.expression.selectedBytes('details')},
    CASE WHEN id = (SELECT value FROM tine_state WHERE name = 'leader') THEN 1 ELSE 0 END
  FROM tine_member
  WHERE seen_at_ms >= ${sql.parameter.integer}
  ORDER BY id`,
);

export const SET_MEMBER = insertsRecords(
  'set_member',
  'tine_member',
  { id: 'integer', details: 'bytes', seenAtMs: 'integer' },
  { overwrite: 'id' },
);

export const DROP_MEMBER = changes(
  'drop_member',
  (sql) => `DELETE FROM tine_member
  WHERE id = ${sql.parameter.integer}`,
);

export const SET_LEADER = changesState('set_leader', 'leader');

export const HAS_MEMBER = selectsRow(
  'has_member',
  single('isThere', 'integer'),
  (sql) => `SELECT 1
  FROM tine_member
  WHERE id = ${sql.parameter.integer}`,
);

// Removes a member that did not renew its row since a moment.
export const DROP_SILENT_MEMBER = changes(
  'drop_silent_member',
  (sql) => `DELETE FROM tine_member
  WHERE id = ${sql.parameter.integer} AND seen_at_ms < ${sql.parameter.integer}`,
);

// Removes members that ended long ago without removing their row.
export const DROP_MEMBERS_BEFORE = changes(
  'drop_members_before',
  (sql) => `DELETE FROM tine_member
  WHERE seen_at_ms < ${sql.parameter.integer}`,
);
