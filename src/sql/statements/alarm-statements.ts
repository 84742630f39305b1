/** The statements of alarms. The id of a member is any 64 bits, stored as a signed number. */
import { numberAt } from '../shape.ts';
import { changes, insertsRecords, type Shape, selectsRows } from '../statement.ts';

/** An active alarm. The id of its member is unsigned. */
const alarmShape: Shape<{ readonly memberId: bigint; readonly number: number }> = {
  columns: { memberId: 'text', number: 'integer' },
  decode: (row) => ({ memberId: BigInt.asUintN(64, BigInt(row[0] as string)), number: numberAt(row, 1) }),
};

// The active alarms: member and number. Usually none.
export const ALARMS = selectsRows(
  'alarms',
  alarmShape,
  (sql) => `SELECT ${sql.expression.asText('member_id')}, alarm
  FROM tine_alarm
  ORDER BY alarm, member_id`,
);

export const INSERT_ALARM = insertsRecords('insert_alarm', 'tine_alarm', { memberId: 'integer', alarm: 'integer' });

export const DELETE_ALARM = changes(
  'delete_alarm',
  (sql) => `DELETE FROM tine_alarm
  WHERE member_id = ${sql.parameter.integer} AND alarm = ${sql.parameter.integer}`,
);
