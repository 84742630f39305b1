/**
 * Statements with their parameters written into the text. The text protocol sends any number of
 * statements in one round trip; prepared statements need one each.
 */
import { escape as escapeText } from 'mysql2';
import { assert } from '../../errors.ts';
import type { Query } from '../../mvcc/program.ts';
import { mysqlDialect } from '../../sql/dialects/mysql-dialect.ts';
import type { Parameter, Statement } from '../../sql/statement.ts';

type List = readonly (readonly Parameter[])[];

/** A placeholder between two pieces of a statement's text: `?`, `?4`, or the form of the list. */
type Placeholder = 'next' | number | 'list' | 'rows' | 'names';

interface Template {
  /** One piece more than placeholders. */
  readonly pieces: readonly string[];
  readonly placeholders: readonly Placeholder[];
}

/** The text of a query for the server. */
export function statementText({ statement, parameters, list }: Query): string {
  const { pieces, placeholders } = templateOf(statement);
  let next = 0;
  let taken = 0;
  let text = pieces[0] as string;
  for (const [index, placeholder] of placeholders.entries()) {
    if (placeholder === 'next') {
      text += literal(parameters[next] as Parameter);
      next += 1;
    } else if (typeof placeholder === 'number') {
      text += literal(parameters[placeholder - 1] as Parameter);
      taken = Math.max(taken, placeholder);
    } else {
      text += listText(placeholder, list ?? []);
    }
    text += pieces[index + 1];
  }
  assert(Math.max(next, taken) === parameters.length, `${statement.name} has as many parameters as placeholders`);
  return text;
}

const templates = new Map<Statement, Template>();

function templateOf(statement: Statement): Template {
  let template = templates.get(statement);
  if (template === undefined) {
    const parts = statement.text(mysqlDialect).split(/\?(list|rows|names|\d|)/);
    template = {
      pieces: parts.filter((_part, index) => index % 2 === 0),
      placeholders: parts.filter((_part, index) => index % 2 === 1).map(placeholderOf),
    };
    templates.set(statement, template);
  }
  return template;
}

function placeholderOf(mark: string): Placeholder {
  if (mark === '') return 'next';
  return mark === 'list' || mark === 'rows' || mark === 'names' ? mark : Number(mark);
}

function listText(form: 'list' | 'rows' | 'names', list: List): string {
  switch (form) {
    case 'list':
      return list.map(([value]) => literal(value as Parameter)).join();
    case 'rows':
      return list.map((row) => `(${row.map(literal).join()})`).join();
    default:
      return list.map(([name]) => `SELECT ${literal(name as Parameter)} AS name`).join(' UNION ALL ');
  }
}

/** A value as a literal. The session's settings let a backslash escape. */
function literal(value: Parameter): string {
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return value.toString();
    case 'string':
      return escapeText(value);
    default:
      return value === null ? 'NULL' : `X'${hexOf(value)}'`;
  }
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
