/** The statements of the instances over one database. */
import { changes, changesEach, selectsRows } from './statement.ts';

// Who was heard of since a moment: id, what it says of itself, when.
export const MEMBERS_SINCE = selectsRows(
  'members_since',
  (sql) => `SELECT ${sql.asText('id')}, ${sql.selectedBytes('details')}
  FROM tine_member
  WHERE seen_at_ms >= ${sql.integer}
  ORDER BY id`,
);

export const SET_MEMBER = changesEach(
  'set_member',
  ['integer', 'bytes', 'integer'],
  (sql) => `INSERT INTO tine_member (id, details, seen_at_ms)
  ${sql.insertedList(SET_MEMBER.list ?? [])}
  ${sql.overwrite('id', ['details', 'seen_at_ms'])}`,
);

export const DROP_MEMBER = changes(
  'drop_member',
  (sql) => `DELETE FROM tine_member
  WHERE id = ${sql.integer}`,
);

// Long gone, without having said so.
export const DROP_MEMBERS_BEFORE = changes(
  'drop_members_before',
  (sql) => `DELETE FROM tine_member
  WHERE seen_at_ms < ${sql.integer}`,
);
