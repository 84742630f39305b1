/** The named numbers of `tine_state`. */
import { insertsEach } from './statement.ts';

export const SET_STATE = insertsEach(
  'set_state',
  'tine_state',
  { name: 'text', value: 'integer' },
  { overwrite: 'name' },
);
