/** The statements of alarms. A member's id is any 64 bits, kept as a signed number. */
import { changes, changesEach, selectsRows } from './statement.ts';

// The alarms that are active: whose, and which. None, most of the time.
export const ALARMS = selectsRows(
  'alarms',
  (sql) => `SELECT ${sql.asText('member_id')}, alarm
  FROM tine_alarm
  ORDER BY alarm, member_id`,
);

export const INSERT_ALARM = changesEach(
  'insert_alarm',
  ['integer', 'integer'],
  (sql) => `INSERT INTO tine_alarm (member_id, alarm)
  ${sql.insertedList(INSERT_ALARM.list ?? [])}`,
);

export const DELETE_ALARM = changes(
  'delete_alarm',
  (sql) => `DELETE FROM tine_alarm
  WHERE member_id = ${sql.integer} AND alarm = ${sql.integer}`,
);
