/**
 * A program is a generator that yields statements and is handed their rows. It decides what etcd decides; it runs inside one transaction of
 * the database, wherever that is: in SQLite's worker thread, step by step, or over a connection. Statements yielded together do not wait for each other's rows, so
 * that a connection sends them in one go.
 */
import type { Parameter, Row, Statement } from '../sql/statement.ts';

export interface Query {
  readonly statement: Statement;
  readonly parameters: readonly Parameter[];
  /** For a statement that takes a list; an empty one finds and changes nothing. */
  readonly list?: readonly (readonly Parameter[])[];
  /** For a statement that ends at a number of bytes, with the row that reaches it. */
  readonly bytesMax?: number;
  /** Takes the rows one by one, as they come where the driver can: then nothing collects them, and the program is handed none. Bytes in a row are borrowed for the call. */
  readonly each?: (row: Row) => void;
  /** The program ends with the queries yielded along with this one: a driver may commit with them. Of changes it then takes `expectedRows` for an answer. */
  readonly isLast?: true;
}

export type Program<Result> = Generator<readonly Query[], Result, readonly (readonly Row[])[]>;

/** Names a statement and its parameters. */
export function query(statement: Statement, ...parameters: readonly Parameter[]): Query {
  return { statement, parameters };
}

/** Names a statement that takes a list, and the rows of it. */
export function listQuery(
  statement: Statement,
  list: readonly (readonly Parameter[])[],
  ...parameters: readonly Parameter[]
): Query {
  return { statement, parameters, list };
}

/** Of the queries that a program yields last. */
export function asLast(asked: Query): Query {
  return { ...asked, isLast: true };
}

/** What changes of a list come back with when each row of it changes one. */
export function expectedRows(queries: readonly Query[]): readonly (readonly Row[])[] {
  return queries.map(({ list = [] }) => [[list.length]]);
}

/** All rows of a query. */
export function* rowsOf(asked: Query): Program<readonly Row[]> {
  return (yield [asked])[0] as readonly Row[];
}

/** All rows of a statement. */
export function* rows(statement: Statement, ...parameters: readonly Parameter[]): Program<readonly Row[]> {
  return (yield [{ statement, parameters }])[0] as readonly Row[];
}

/** Gives each row of a query to a function; the rows of the queries asked along with it, which run after it. */
export function* eachRow(
  asked: Query,
  each: (row: Row) => void,
  ...after: readonly Query[]
): Program<readonly (readonly Row[])[]> {
  const [left = [], ...answers] = yield [{ ...asked, each }, ...after];
  for (const row of left) each(row);
  return answers;
}

/** The only row of a statement, or undefined. */
export function* row(statement: Statement, ...parameters: readonly Parameter[]): Program<Row | undefined> {
  return (yield [{ statement, parameters }])[0]?.[0];
}

/** Runs a changing statement; how many rows it changed. */
export function* change(statement: Statement, ...parameters: readonly Parameter[]): Program<number> {
  return changed((yield [{ statement, parameters }])[0]);
}

/** Runs a changing statement for each row of a list; how many rows it changed altogether. */
export function* changeEach(
  statement: Statement,
  list: readonly (readonly Parameter[])[],
  ...parameters: readonly Parameter[]
): Program<number> {
  return changed((yield [{ statement, parameters, list }])[0]);
}

/** What a changing statement came back with. */
export function changed(found: readonly Row[] | undefined): number {
  return found?.[0]?.[0] as number;
}
