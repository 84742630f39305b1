/**
 * A program is a generator that yields statements and receives their rows. It makes the decisions
 * that etcd makes. It runs inside one transaction of the database: in a thread of SQLite, on the
 * event loop, or over a connection. Statements that are yielded together do not depend on each
 * other's rows, so a connection sends them in one request.
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

interface QueryOf<Kind extends Statement> {
  readonly statement: Kind;
  readonly parameters: readonly Parameter[];
  /** For a statement that ends with the row that reaches this number of bytes. */
  readonly bytesMax?: number;
  /**
   * Receives the rows one by one as they arrive, if the driver can do so. Then rows are not
   * collected, and the program receives none. The bytes of a row are valid during the call only.
   */
  readonly each?: (row: Row) => void;
  /**
   * The program ends with the queries of this step, so a driver may commit together with them. The
   * driver then returns `expectedRows` for changes.
   */
  readonly isLast?: true;
}

export interface PlainQuery<Kind extends Statement = Statement> extends QueryOf<Kind> {
  readonly list?: undefined;
}

/** A query of a statement that takes a list. With an empty list it finds and changes nothing. */
export interface ListQuery<Kind extends ListStatement = ListStatement> extends QueryOf<Kind> {
  readonly list: readonly (readonly Parameter[])[];
}

export type Query = PlainQuery | ListQuery;

/** A query with the type of its decoded rows. */
type SelectQuery<Result> = Query & { readonly statement: Select<Result> };

export type Program<Result> = Generator<readonly Query[], Result, readonly (readonly Row[])[]>;

/** A query: a statement and its parameters. */
export function query<Kind extends Statement>(statement: Kind, ...parameters: readonly Parameter[]): PlainQuery<Kind> {
  return { statement, parameters };
}

/** A query of a statement that takes a list. */
export function listQuery<Kind extends ListStatement>(
  statement: Kind,
  list: readonly (readonly Parameter[])[],
  ...parameters: readonly Parameter[]
): ListQuery<Kind> {
  return { statement, parameters, list };
}

/** A query that inserts rows. */
export function insertQuery<Item>(statement: Insert<Item>, items: readonly Item[]): ListQuery {
  return listQuery(statement, items.map(statement.encode));
}

/** Marks a query of the last step. */
export function asLast(request: Query): Query {
  return { ...request, isLast: true };
}

/** The rows that changes of a list return if each item changes one row. */
export function expectedRows(queries: readonly Query[]): readonly (readonly Row[])[] {
  return queries.map(({ list = [] }) => changeRows(list.length));
}

/** Decodes the rows that a statement returned. */
export function decoded<Result>({ decode }: Select<Result>, found: readonly Row[] | undefined): readonly Result[] {
  return (found ?? []).map((each) => decode(each));
}

/** Decodes the only row that a statement returned; undefined: no row. */
export function decodedOne<Result>({ decode }: Select<Result>, found: readonly Row[] | undefined): Result | undefined {
  const one = found?.[0];
  return one === undefined ? undefined : decode(one);
}

/** Decodes the row of a statement that always returns one. */
export function onlyRow<Result>({ name, decode }: Select<Result>, found: readonly Row[] | undefined): Result {
  const one = found?.[0];
  assert(one !== undefined, `${name} returns a row`);
  return decode(one);
}

/** All rows of a query. */
export function* rowsOf<Result>(request: SelectQuery<Result>): Program<readonly Result[]> {
  return decoded(request.statement, (yield [request])[0]);
}

/** All rows of a query, not decoded. For callers that may not read all of them. */
export function* rawRows(request: Query): Program<readonly Row[]> {
  return (yield [request])[0] as readonly Row[];
}

/** All rows of a statement. */
export function* rows<Result>(
  statement: Select<Result>,
  ...parameters: readonly Parameter[]
): Program<readonly Result[]> {
  return decoded(statement, (yield [{ statement, parameters }])[0]);
}

/**
 * Passes each row of a query to a function. Returns the rows of the queries `after`, which run
 * after it in the same step.
 */
export function* eachRow<Result>(
  request: SelectQuery<Result>,
  each: (row: Result) => void,
  ...after: readonly Query[]
): Program<readonly (readonly Row[])[]> {
  const { decode } = request.statement;
  const take = (row: Row) => each(decode(row));
  const [left = [], ...answers] = yield [{ ...request, each: take }, ...after];
  for (const row of left) take(row);
  return answers;
}

/** The only row of a statement; undefined: no row. */
export function* row<Result>(
  statement: Select<Result>,
  ...parameters: readonly Parameter[]
): Program<Result | undefined> {
  return decodedOne(statement, (yield [{ statement, parameters }])[0]);
}

/** Runs a changing statement. Returns the number of changed rows. */
export function* change(statement: Statement, ...parameters: readonly Parameter[]): Program<number> {
  return changeCount((yield [{ statement, parameters }])[0]);
}

/** Runs a changing statement for each item of a list. Returns the total number of changed rows. */
export function* changeEach(
  statement: ListStatement,
  list: readonly (readonly Parameter[])[],
  ...parameters: readonly Parameter[]
): Program<number> {
  return changeCount((yield [{ statement, parameters, list }])[0]);
}

/** Inserts rows. Returns the total number of changed rows. */
export function* insertEach<Item>(statement: Insert<Item>, items: readonly Item[]): Program<number> {
  return changeCount((yield [insertQuery(statement, items)])[0]);
}
