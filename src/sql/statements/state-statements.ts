/** The statements of the named numbers in `tine_state`. */
import { single } from '../shape.ts';
import { changes, insertsRecords, type Select, type Statement, selectsRow } from '../statement.ts';

export const SET_STATE = insertsRecords(
  'set_state',
  'tine_state',
  { name: 'text', value: 'integer' },
  { overwrite: 'name' },
);

/** A statement that reads the number with a name. */
export function selectsState(statementName: string, name: string): Select<number> {
  return selectsRow(
    statementName,
    single('value', 'integer'),
    () => `SELECT value
  FROM tine_state
  WHERE name = '${name}'`,
  );
}

/** A statement that stores the number with a name. */
export function changesState(statementName: string, name: string): Statement {
  return changes(
    statementName,
    (sql) => `INSERT INTO tine_state (name, value)
  VALUES ('${name}', ${sql.parameter.integer})
  ${sql.change.overwrite('name', ['value'])}`,
  );
}
