/** A transaction of writes as one statement: the guard takes the revision lock where it is as it was left, and everything else is done if the guard did. */
import type { Dialect } from '../../sql/dialects/dialect.ts';
import { postgresDialect } from '../../sql/dialects/postgres-dialect.ts';
import type { Statement } from '../../sql/statement.ts';
import type { GuardedWrite } from '../remote/session.ts';
import { parameterValues } from './parameters.ts';

/**
 * The statement waits for the transaction that holds the lock, and then looks at the row as that one left it. Everything else it sees as it was when it began, which is the
 * same state: nobody has written since the number in the row was left.
 */
const guard = `guard AS (
  UPDATE tine_state
  SET value = CAST(? AS bigint)
  WHERE name = 'write_lock' AND value = CAST(? AS bigint)
    AND NOT EXISTS (SELECT FROM kine WHERE kine.name = ANY(CAST(? AS text[])))
  RETURNING value)`;

const ifGuarded = 'EXISTS (SELECT FROM guard)';

const { list } = postgresDialect;

const guardedDialect: Dialect = {
  ...postgresDialect,
  list: {
    contains: (column, type) => `${list.contains(column, type)} AND ${ifGuarded}`,
    inserted: (columns) => `${list.inserted(columns)}\n  WHERE ${ifGuarded}`,
  },
};

/** The beginning of its text, by which the server's list of sessions shows it. */
export const guardedWriteBegin = 'WITH guard AS (';

/** The text for statements that change rows by lists, with `?` for each parameter. Returns one number: 1, or 0 when nothing was done. */
export function guardedText(statements: readonly Statement[]): string {
  const parts = statements.map((statement) => `${statement.name} AS (\n  ${statement.text(guardedDialect)})`);
  return `WITH ${[guard, ...parts].join(',\n')}\nSELECT count(*) FROM guard`;
}

export function guardedValues({ found, left, unusedNames, queries }: GuardedWrite): unknown[] {
  return [left, found, unusedNames, ...queries.flatMap(parameterValues)];
}
