/**
 * The SQL that differs between databases, by its meaning. Statements are written once, in terms of
 * a dialect.
 */

/** The type of a column. `integer` has 64 bits. */
export type ColumnType = 'text' | 'integer' | 'bytes';

export interface Dialect {
  readonly parameter: ParameterWords;
  readonly list: ListWords;
  readonly expression: ExpressionWords;
  readonly kine: KineWords;
  readonly change: ChangeWords;
  /**
   * Limits a query to a number of rows, its last parameter, and to the row at which the sum of
   * `bytes` reaches a bound. If the database must count the bytes, the bound is one more parameter
   * after the number of rows. If the driver counts them, this parameter is absent.
   */
  upToBytes(query: BytesQuery): string;
}

/** Parameters by type. */
interface ParameterWords {
  /** A name or other text. */
  readonly text: string;
  /** An integer. */
  readonly integer: string;
  readonly bytes: string;
  /** Bytes, converted to text. */
  readonly textOfBytes: string;
  /**
   * A parameter by its number, for statements that use it twice. Undefined if the database can seek
   * in a subquery by a value of the outer row. The other databases seek only by values in the
   * statement itself, and otherwise scan.
   */
  readonly byNumber: ((number: number) => string) | undefined;
}

/** The list parameter of a statement. */
interface ListWords {
  /** A condition: the value of a column is in the list. */
  contains(column: string, type: ColumnType): string;
  /** The source of an INSERT: the rows of the list. */
  inserted(columns: readonly ColumnType[]): string;
}

interface ExpressionWords {
  /** Bytes of length 0. */
  readonly noBytes: string;
  /** The decimal text of an integer. Lease ids have more digits than a JavaScript number. */
  asText(expression: string): string;
  /** A selected column of bytes, in the form that the driver reads. */
  selectedBytes(expression: string): string;
  /** The bytes of a text. */
  bytesOf(column: string): string;
  /** A condition: the name has bytes that tine escapes, below 0x02 or above 0x7E. */
  isForeign(column: string): string;
  /** The larger of two numbers. */
  greatest(first: string, second: string): string;
  /** A column for which the database must not use an index. */
  unindexed(column: string): string;
  /** An aggregate: all values of a column of bytes, joined in the order of another column. */
  concatenated(column: string, orderedBy: string): string;
}

/** Access paths to the rows of table `kine`. */
interface KineWords {
  /**
   * Joins the row with an id by one look-up for each row on the left. The left side is read in its
   * order, so a limit ends the scan.
   */
  joinRow(id: string): string;
  /**
   * Left joins the row with an id under another name. The row is joined only if a condition holds
   * for it.
   */
  leftJoinRow(name: string, id: string, condition: string): string;
  /**
   * FROM ...: the rows that meet a condition and come after the id that a query returns. The query
   * runs once. If it returns no id, all rows that meet the condition.
   */
  rowsAfter(name: string, id: string, condition: string): string;
  /** What follows FROM: the newest row of each name in the list parameter, as `kine`. */
  readonly newestOfNames: string;
  /**
   * A common table `names(name, id)`: for each name in an interval, the newest row at or before an
   * id, tombstones included. It has three parameters. `limited`: without tombstones, in the order
   * of the names, limited by the fourth parameter. Undefined: the names are found by recursion, one
   * after the other, up to the limit.
   */
  readonly namesThroughId?: (shape: { readonly limited: boolean }) => string;
  /** Whether kine's column of names treats keys that differ only in case as equal. */
  readonly foldsCase: boolean;
}

interface ChangeWords {
  /** Makes an INSERT overwrite these columns of an existing row with the same key. */
  overwrite(key: string, columns: readonly string[]): string;
  /**
   * Deletes the rows of a table whose names a query returns. Each row is looked up once. MariaDB
   * would run a query in a condition again for every row of the table.
   */
  deleteNamed(table: string, names: string): string;
}

/** Changes of databases with ON CONFLICT, which run an independent subquery once. */
export const changeOnConflict: ChangeWords = {
  overwrite: (key, columns) =>
    `ON CONFLICT (${key}) DO UPDATE SET ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}`,
  deleteNamed: (table, names) => `DELETE FROM ${table}
  WHERE name IN (${names})`,
};

/** `rowsAfter` for databases that run an independent subquery once. */
export const rowsAfterSubquery: KineWords['rowsAfter'] = (name, id, condition) =>
  `FROM kine ${name} WHERE ${condition} AND ${name}.id > COALESCE((${id}), 0)`;

/** The parts of a query. */
export interface BytesQuery {
  /** WITH ..., or empty. */
  readonly before: string;
  readonly columns: readonly string[];
  /** An expression: the bytes of a row. */
  readonly bytes: string;
  /** FROM ... and what follows, without ORDER BY. */
  readonly from: string;
  /** The column that orders the rows of `from`. */
  readonly orderedBy: string;
  /** The position of this column in `columns`, from 1. */
  readonly orderColumn: number;
  /**
   * Whether SQLite reads the rows in this order without ORDER BY. A sort would collect all rows
   * before it returns the first.
   */
  readonly comesInOrder: boolean;
}
