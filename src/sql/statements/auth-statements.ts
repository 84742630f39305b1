/**
 * The statements of users, roles, and the secret that signs tokens. Details are etcd's messages.
 * Names are escaped like keys.
 */
import { record, single } from '../shape.ts';
import { changes, insertsRecords, selectsEach, selectsRow, selectsRows } from '../statement.ts';

/** The statements that users and roles have in common. */
function detailsOf(owner: 'user' | 'role') {
  const details = { name: 'text', details: 'bytes' } as const;
  return {
    set: insertsRecords(`set_${owner}`, `tine_${owner}`, details, { overwrite: 'name' }),
    // One user or role.
    one: selectsRow(
      `${owner}_by_name`,
      single('details', 'bytes'),
      (sql) => `SELECT ${sql.expression.selectedBytes('details')}
  FROM tine_${owner}
  WHERE name = ${sql.parameter.text}`,
    ),
    // The existing ones of some names.
    some: selectsEach(
      `${owner}s_by_name`,
      ['text'],
      single('details', 'bytes'),
      (sql) => `SELECT ${sql.expression.selectedBytes('details')}
  FROM tine_${owner}
  WHERE ${sql.list.contains('name', 'text')}`,
    ),
    names: selectsRows(
      `${owner}_names`,
      single('name', 'text'),
      () => `SELECT name
  FROM tine_${owner}
  ORDER BY name`,
    ),
    all: selectsRows(
      `all_${owner}s`,
      record({ name: 'text', details: 'bytes' }),
      (sql) => `SELECT name, ${sql.expression.selectedBytes('details')}
  FROM tine_${owner}
  ORDER BY name`,
    ),
    drop: changes(
      `drop_${owner}`,
      (sql) => `DELETE FROM tine_${owner}
  WHERE name = ${sql.parameter.text}`,
    ),
  } as const;
}

export const USERS = detailsOf('user');
export const ROLES = detailsOf('role');

export const TOKEN_SECRET = selectsRow(
  'token_secret',
  single('secret', 'bytes'),
  (sql) => `SELECT ${sql.expression.selectedBytes('value')}
  FROM tine_secret
  WHERE name = 'token'`,
);

export const SET_TOKEN_SECRET = insertsRecords('set_token_secret', 'tine_secret', { name: 'text', value: 'bytes' });

export const DROP_TOKEN_SECRET = changes('drop_token_secret', () => "DELETE FROM tine_secret WHERE name = 'token'");
