/** The statements by which a commit whose answer was lost is found again. */
import { single } from '../shape.ts';
import { changes, insertsRecords, selectsRow } from '../statement.ts';

// Part of each transaction of writes: the slot is the connection's, the token the transaction's.
export const SET_COMMIT = insertsRecords(
  'set_commit',
  'tine_commit',
  { slot: 'integer', token: 'integer', atMs: 'integer' },
  { overwrite: 'slot' },
);

export const COMMITTED_TOKEN = selectsRow(
  'committed_token',
  single('token', 'text?'),
  (sql) => `SELECT ${sql.expression.asText('token')}
  FROM tine_commit
  WHERE slot = ${sql.parameter.integer}`,
);

// Slots of instances that are long gone.
export const DROP_COMMITS_BEFORE = changes(
  'drop_commits_before',
  (sql) => `DELETE FROM tine_commit
  WHERE at_ms < ${sql.parameter.integer}`,
);
