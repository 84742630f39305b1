/**
 * A guarded write as one statement. The guard takes the revision lock if its row holds the expected
 * number. All other parts take effect only if the guard did.
 */
import type { Dialect } from '../../sql/dialects/dialect.ts';
import { postgresDialect } from '../../sql/dialects/postgres-dialect.ts';
import type { Statement } from '../../sql/statement.ts';
import type { GuardedWrite } from '../remote/session.ts';
import { parameterValues } from './parameters.ts';

/**
 * The statement waits for the transaction that holds the lock, and then reads the row as this
 * transaction left it. All other parts see the state when the statement began. It is the same
 * state: no transaction has written since the expected number was left.
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

/** The first characters of the text. The server's list of sessions shows them. */
export const guardedWriteBegin = 'WITH guard AS (';

/**
 * The text for statements that change rows by lists, with `?` for each parameter. Returns one
 * number: 1, or 0 if nothing was done.
 */
export function guardedText(statements: readonly Statement[]): string {
  const parts = statements.map((statement) => `${statement.name} AS (\n  ${statement.text(guardedDialect)})`);
  return `WITH ${[guard, ...parts].join(',\n')}\nSELECT count(*) FROM guard`;
}

export function guardedValues({ found, left, unusedNames, queries }: GuardedWrite): unknown[] {
  return [left, found, unusedNames, ...queries.flatMap(parameterValues)];
}
