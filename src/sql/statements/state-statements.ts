/** The statement that stores named numbers in `tine_state`. */
import { insertsRecords } from '../statement.ts';

export const SET_STATE = insertsRecords(
  'set_state',
  'tine_state',
  { name: 'text', value: 'integer' },
  { overwrite: 'name' },
);
