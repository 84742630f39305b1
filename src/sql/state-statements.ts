/** The named numbers of `tine_state`. */
import { changesEach } from './statement.ts';

export const SET_STATE = changesEach(
  'set_state',
  ['text', 'integer'],
  (sql) => `INSERT INTO tine_state (name, value)
  ${sql.insertedList(SET_STATE.list ?? [])}
  ${sql.overwrite('name', ['value'])}`,
);
