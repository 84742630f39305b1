/** What SQL the databases do not share, by what it means. Statements are written once, in these words. */

/** What a column of a list holds. `integer` is one of 64 bits. */
export type ColumnType = 'text' | 'integer' | 'bytes';

export interface Dialect {
  readonly parameter: ParameterWords;
  readonly list: ListWords;
  readonly expression: ExpressionWords;
  readonly kine: KineWords;
  readonly change: ChangeWords;
  /**
   * So many rows of a query (its last parameter), or fewer: up to and with the one at which the sum of `bytes` reaches a bound. Where the driver stops fetching by itself
   * it is the query as it stands, otherwise the bound is one more parameter after the number of rows.
   */
  upToBytes(query: BytesQuery): string;
}

/** A parameter by what it is. */
interface ParameterWords {
  /** A name. */
  readonly text: string;
  /** A whole number. */
  readonly integer: string;
  readonly bytes: string;
  /** The bytes of a text, as text. */
  readonly textOfBytes: string;
  /**
   * A parameter by its number, for statements that say it twice; undefined where a subquery is planned with the values of the row around it: elsewhere it seeks by what
   * stands in the statement only, and walks otherwise.
   */
  readonly byNumber: ((number: number) => string) | undefined;
}

/** The list that a statement takes. */
interface ListWords {
  /** Whether a column's value is in it. */
  contains(column: string, type: ColumnType): string;
  /** Its rows, as an INSERT wants them. */
  inserted(columns: readonly ColumnType[]): string;
}

interface ExpressionWords {
  /** Bytes of length 0. */
  readonly noBytes: string;
  /** The decimal text of a whole number: lease ids have more digits than a JavaScript number. */
  asText(expression: string): string;
  /** Bytes as they are selected, in the form in which they cross to the driver. */
  selectedBytes(expression: string): string;
  /** The bytes of a text. */
  bytesOf(column: string): string;
  /** Whether a name has bytes that tine escapes: below 0x02 or above 0x7E. */
  isForeign(column: string): string;
  /** The larger of two numbers. */
  greatest(first: string, second: string): string;
  /** A column that no index is to be searched for. */
  unindexed(column: string): string;
  /** All values of a column of bytes, in the order of another, in one piece: an aggregate. */
  concatenated(column: string, orderedBy: string): string;
}

/** Ways to the rows of table `kine`. */
interface KineWords {
  /** Joins the row with an id, by a probe for each row of what stands before: that is walked in its order, and a limit ends the walk. */
  joinRow(id: string): string;
  /** The same under another name, where there may be none. The row is not joined when a condition does not hold for it. */
  leftJoinRow(name: string, id: string, condition: string): string;
  /** FROM ...: the rows, under a name, that meet a condition and come after the id that a query finds: it runs once. Where it finds none, all of them. */
  rowsAfter(name: string, id: string, condition: string): string;
  /** What follows FROM: of each name in the list that the statement takes its newest row, as `kine`. */
  readonly newestOfNames: string;
  /**
   * A common table `names(name, id)`: of the names from one on and before another the newest row at or before an id, three parameters; tombstones may be among them.
   * `limited`: those that are no tombstones, in the order of the names, so many as the fourth parameter says. Undefined: found by recursion, from name to name, as far as
   * rows are asked for.
   */
  readonly namesThroughId?: (shape: { readonly limited: boolean }) => string;
  /** Whether kine's column of names takes keys that differ only in case for one. */
  readonly foldsCase: boolean;
}

interface ChangeWords {
  /** What makes an INSERT overwrite these columns of the row that has its key. */
  overwrite(key: string, columns: readonly string[]): string;
  /** Deletes the rows of a table whose name a query finds. Each is looked up once: MariaDB runs such a query anew for every row of the table where it stands in a condition. */
  deleteNamed(table: string, names: string): string;
}

/** `rowsAfter` where the database runs a subquery once that depends on none of the rows it is compared with. */
export const rowsAfterSubquery: KineWords['rowsAfter'] = (name, id, condition) =>
  `FROM kine ${name} WHERE ${condition} AND ${name}.id > COALESCE((${id}), 0)`;

/** A query in parts. */
export interface BytesQuery {
  /** WITH ..., or nothing. */
  readonly before: string;
  readonly columns: readonly string[];
  /** Bytes of a row. */
  readonly bytes: string;
  /** FROM ... and what follows, without an order. */
  readonly from: string;
  /** The column by which `from` is walked in the order of the rows. */
  readonly place: string;
  /** The position of the column that orders the rows, from 1 on. */
  readonly orderColumn: number;
  /** Whether SQLite's way through the tables has this order by itself: sorting would collect all rows before the first. */
  readonly comesInOrder: boolean;
}
