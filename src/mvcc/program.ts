/**
 * A program is a generator that yields statements and is handed their rows. It decides what etcd decides; it runs inside one transaction of
 * the database, wherever that is: in SQLite's worker thread, step by step, or over a connection. Statements yielded together do not wait for each other's rows, so
 * that a connection sends them in one go.
 */
import { assert } from '../errors.ts';
import {
  changeCount,
  changeRows,
  type Insert,
  type ListStatement,
  type Parameter,
  type Row,
  type Select,
  type Statement,
} from '../sql/statement.ts';

interface QueryOf<Asked extends Statement> {
  readonly statement: Asked;
  readonly parameters: readonly Parameter[];
  /** For a statement that ends at a number of bytes, with the row that reaches it. */
  readonly bytesMax?: number;
  /** Takes the rows one by one, as they come where the driver can: then nothing collects them, and the program is handed none. Bytes in a row are borrowed for the call. */
  readonly each?: (row: Row) => void;
  /** The program ends with the queries yielded along with this one: a driver may commit with them. Of changes it then takes `expectedRows` for an answer. */
  readonly isLast?: true;
}

export interface PlainQuery<Asked extends Statement = Statement> extends QueryOf<Asked> {
  readonly list?: undefined;
}

/** Of a statement that takes a list; an empty one finds and changes nothing. */
export interface ListQuery<Asked extends ListStatement = ListStatement> extends QueryOf<Asked> {
  readonly list: readonly (readonly Parameter[])[];
}

export type Query = PlainQuery | ListQuery;

/** A query whose rows come back as these. */
type SelectQuery<Result> = Query & { readonly statement: Select<Result> };

export type Program<Result> = Generator<readonly Query[], Result, readonly (readonly Row[])[]>;

/** Names a statement and its parameters. */
export function query<Asked extends Statement>(
  statement: Asked,
  ...parameters: readonly Parameter[]
): PlainQuery<Asked> {
  return { statement, parameters };
}

/** Names a statement that takes a list, and the rows of it. */
export function listQuery<Asked extends ListStatement>(
  statement: Asked,
  list: readonly (readonly Parameter[])[],
  ...parameters: readonly Parameter[]
): ListQuery<Asked> {
  return { statement, parameters, list };
}

/** Names a statement that inserts rows, and the rows. */
export function insertQuery<Item>(statement: Insert<Item>, items: readonly Item[]): ListQuery {
  return listQuery(statement, items.map(statement.encode));
}

/** Of the queries that a program yields last. */
export function asLast(asked: Query): Query {
  return { ...asked, isLast: true };
}

/** What changes of a list come back with when each row of it changes one. */
export function expectedRows(queries: readonly Query[]): readonly (readonly Row[])[] {
  return queries.map(({ list = [] }) => changeRows(list.length));
}

/** The rows that a statement returned, decoded. */
export function decoded<Result>({ decode }: Select<Result>, found: readonly Row[] | undefined): readonly Result[] {
  return (found ?? []).map((each) => decode(each));
}

/** The only row that a statement returned, decoded; undefined: none. */
export function decodedOne<Result>({ decode }: Select<Result>, found: readonly Row[] | undefined): Result | undefined {
  const one = found?.[0];
  return one === undefined ? undefined : decode(one);
}

/** The row of a statement that always returns one, decoded. */
export function onlyRow<Result>({ name, decode }: Select<Result>, found: readonly Row[] | undefined): Result {
  const one = found?.[0];
  assert(one !== undefined, `${name} returns a row`);
  return decode(one);
}

/** All rows of a query. */
export function* rowsOf<Result>(asked: SelectQuery<Result>): Program<readonly Result[]> {
  return decoded(asked.statement, (yield [asked])[0]);
}

/** All rows of a query as they come, to be decoded by whoever may leave some of them unread. */
export function* rawRows(asked: Query): Program<readonly Row[]> {
  return (yield [asked])[0] as readonly Row[];
}

/** All rows of a statement. */
export function* rows<Result>(
  statement: Select<Result>,
  ...parameters: readonly Parameter[]
): Program<readonly Result[]> {
  return decoded(statement, (yield [{ statement, parameters }])[0]);
}

/** Gives each row of a query to a function; the rows of the queries asked along with it, which run after it. */
export function* eachRow<Result>(
  asked: SelectQuery<Result>,
  each: (row: Result) => void,
  ...after: readonly Query[]
): Program<readonly (readonly Row[])[]> {
  const { decode } = asked.statement;
  const take = (row: Row) => each(decode(row));
  const [left = [], ...answers] = yield [{ ...asked, each: take }, ...after];
  for (const row of left) take(row);
  return answers;
}

/** The only row of a statement, or undefined. */
export function* row<Result>(
  statement: Select<Result>,
  ...parameters: readonly Parameter[]
): Program<Result | undefined> {
  return decodedOne(statement, (yield [{ statement, parameters }])[0]);
}

/** Runs a changing statement; how many rows it changed. */
export function* change(statement: Statement, ...parameters: readonly Parameter[]): Program<number> {
  return changeCount((yield [{ statement, parameters }])[0]);
}

/** Runs a changing statement for each row of a list; how many rows it changed altogether. */
export function* changeEach(
  statement: ListStatement,
  list: readonly (readonly Parameter[])[],
  ...parameters: readonly Parameter[]
): Program<number> {
  return changeCount((yield [{ statement, parameters, list }])[0]);
}

/** Inserts rows; how many rows it changed altogether. */
export function* insertEach<Item>(statement: Insert<Item>, items: readonly Item[]): Program<number> {
  return changeCount((yield [insertQuery(statement, items)])[0]);
}
