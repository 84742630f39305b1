/**
 * The statements of holds, which are stored as named numbers in `tine_state`: the time until which
 * compaction must not delete, in milliseconds since 1970 of the database's clock.
 */
import { single } from '../shape.ts';
import { changes, selectsRow } from '../statement.ts';

/** The prefix of the names of holds, and a text that sorts after all of them. */
const [first, end] = ['hold ', 'hold!'];

/** The name of a hold in `tine_state`. */
export const holdName = (holder: string): string => `${first}${holder}`;

const isHold = `name >= '${first}' AND name < '${end}'`;

// The end of the last hold.
export const HELD_UNTIL = selectsRow(
  'held_until',
  single('untilMs', 'integer?'),
  () => `SELECT MAX(value)
  FROM tine_state
  WHERE ${isHold}`,
);

export const DROP_HOLD = changes(
  'drop_hold',
  (sql) => `DELETE FROM tine_state
  WHERE name = ${sql.parameter.text}`,
);

// Removes expired holds, whose holders have ended.
export const DROP_PAST_HOLDS = changes(
  'drop_past_holds',
  (sql) => `DELETE FROM tine_state
  WHERE ${isHold} AND value < ${sql.parameter.integer}`,
);
