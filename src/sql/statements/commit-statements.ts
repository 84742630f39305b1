/** The statements that find out whether a commit in doubt took effect. */
import { single } from '../shape.ts';
import { changes, insertsRecords, selectsRow } from '../statement.ts';

// Part of each transaction of writes. The slot identifies the connection, the token the
// transaction.
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

// Removes slots of instances that ended long ago.
export const DROP_COMMITS_BEFORE = changes(
  'drop_commits_before',
  (sql) => `DELETE FROM tine_commit
  WHERE at_ms < ${sql.parameter.integer}`,
);
