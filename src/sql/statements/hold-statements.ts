/** The statements of holds: named numbers that keep compaction from deleting until they have passed, in milliseconds since 1970 of the database's clock. */
import { single } from '../shape.ts';
import { changes, selectsRow } from '../statement.ts';

/** What their names in `tine_state` begin with, and what all of them sort before. */
const [first, end] = ['hold ', 'hold!'];

/** The name of a hold that its holder chose. */
export const holdName = (holder: string): string => `${first}${holder}`;

const isHold = `name >= '${first}' AND name < '${end}'`;

// When the last of all holds ends.
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

// Those whose holder is no more.
export const DROP_PAST_HOLDS = changes(
  'drop_past_holds',
  (sql) => `DELETE FROM tine_state
  WHERE ${isHold} AND value < ${sql.parameter.integer}`,
);
