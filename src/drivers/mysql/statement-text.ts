/** Statements with their parameters written into them: the text protocol takes any number of statements in one way to the server, prepared ones go one by one. */
import { escape as escapeText } from 'mysql2';
import { assert } from '../../errors.ts';
import type { Query } from '../../mvcc/program.ts';
import { mysqlDialect } from '../../sql/dialects/mysql-dialect.ts';
import type { Parameter, Statement } from '../../sql/statement.ts';

type List = readonly (readonly Parameter[])[];

/** What stands between two pieces of a statement's text: `?`, `?4`, or how the list is written. */
type Place = 'next' | number | 'list' | 'rows' | 'names';

interface Template {
  /** One more than places. */
  readonly pieces: readonly string[];
  readonly places: readonly Place[];
}

/** A query as the server takes it. */
export function statementText({ statement, parameters, list }: Query): string {
  const { pieces, places } = templateOf(statement);
  let next = 0;
  let taken = 0;
  let text = pieces[0] as string;
  for (const [index, place] of places.entries()) {
    if (place === 'next') {
      text += literal(parameters[next] as Parameter);
      next += 1;
    } else if (typeof place === 'number') {
      text += literal(parameters[place - 1] as Parameter);
      taken = Math.max(taken, place);
    } else {
      text += listText(place, list ?? []);
    }
    text += pieces[index + 1];
  }
  assert(Math.max(next, taken) === parameters.length, `${statement.name} is given the parameters that it takes`);
  return text;
}

const templates = new Map<Statement, Template>();

function templateOf(statement: Statement): Template {
  let template = templates.get(statement);
  if (template === undefined) {
    const parts = statement.text(mysqlDialect).split(/\?(list|rows|names|\d|)/);
    template = {
      pieces: parts.filter((_part, index) => index % 2 === 0),
      places: parts.filter((_part, index) => index % 2 === 1).map(placeOf),
    };
    templates.set(statement, template);
  }
  return template;
}

function placeOf(mark: string): Place {
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

/** The session's settings give a backslash its usual meaning. */
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
