/** Every statement of `src/sql/`, and its text in each dialect. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { guardedText } from '../../../src/drivers/postgres/guarded-write.ts';
import type { Dialect } from '../../../src/sql/dialects/dialect.ts';
import { mysqlDialect } from '../../../src/sql/dialects/mysql-dialect.ts';
import { postgresBinaryDialect, postgresDialect } from '../../../src/sql/dialects/postgres-dialect.ts';
import { sqliteDialect } from '../../../src/sql/dialects/sqlite-dialect.ts';
import type { Statement } from '../../../src/sql/statement.ts';
import { SET_COMMIT } from '../../../src/sql/statements/commit-statements.ts';
import { copiedRows, liveRows, type Owner } from '../../../src/sql/statements/copy-statements.ts';
import {
  countStatement,
  type NumberTarget,
  type RangeShape,
  type RangeSource,
  rangeStatement,
} from '../../../src/sql/statements/range-statements.ts';
import { DROP_CURRENT, INSERT_ROWS, SET_CURRENT } from '../../../src/sql/statements/write-statements.ts';

const folder = join(import.meta.dirname, '../../../src/sql/statements');

const sources: readonly RangeSource[] = ['current', 'history'];
const targets: readonly NumberTarget[] = ['key', 'version', 'create', 'mod'];
const owners: readonly Owner[] = ['tine', 'kine'];
const either = [false, true] as const;

/** The shapes of ranges that programs use. A sorted range has no values and no bound. */
function* rangeShapes(): Generator<RangeShape> {
  for (const source of sources) {
    for (const filtered of either) {
      for (const withValue of either)
        for (const bounded of either) yield { source, filtered, withValue, bounded, sort: undefined };
      for (const target of targets)
        for (const descending of either)
          yield { source, filtered, withValue: false, bounded: false, sort: { target, descending } };
    }
  }
}

/**
 * Every statement, in the order of their names. Exported statements are found by reading the
 * folder; statements that functions create are listed here.
 */
export async function allStatements(): Promise<readonly Statement[]> {
  const found: Statement[] = [];
  for (const file of readdirSync(folder).filter((name) => name.endsWith('-statements.ts')))
    found.push(...statementsIn(await import(join(folder, file))));
  found.push(...sources.map(countStatement), ...owners.flatMap((owner) => [copiedRows(owner), liveRows(owner)]));
  for (const shape of rangeShapes()) found.push(rangeStatement(shape));
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function statementsIn(exported: unknown): readonly Statement[] {
  if (typeof exported !== 'object' || exported === null) return [];
  if ('text' in exported && 'returns' in exported) return [exported as Statement];
  return Object.values(exported).flatMap(statementsIn);
}

/** The golden files: by their names, the text of every statement in a dialect. */
export const goldenFiles: Readonly<Record<string, (statements: readonly Statement[]) => string>> = {
  sqlite: (statements) => inDialect(statements, () => sqliteDialect),
  mysql: (statements) => inDialect(statements, () => mysqlDialect),
  // Statements with binary rows and guarded writes have a text of their own on Postgres.
  postgres: (statements) =>
    [
      inDialect(statements, ({ isBulk }) => (isBulk ? postgresBinaryDialect : postgresDialect)),
      entry('guarded write', guardedText([SET_COMMIT, INSERT_ROWS, SET_CURRENT, DROP_CURRENT])),
    ].join('\n'),
};

function inDialect(statements: readonly Statement[], dialectOf: (statement: Statement) => Dialect): string {
  return statements.map((each) => entry(each.name, each.text(dialectOf(each)))).join('\n');
}

/** The text without spaces at the ends of lines, which editors remove. */
function entry(name: string, text: string): string {
  return `-- ${name}\n${text.replaceAll(/[ \t]+$/gm, '')};\n`;
}
