/** A statement of SQL: written once, prepared once a connection, found by its name. */
import type { ColumnType, Dialect } from './dialect.ts';

/** What a parameter may be; text is bound as text, so that names stay text for kine. */
export type Parameter = string | number | bigint | Uint8Array | null;

/** A column's value as a driver returns it: integers as numbers (lease ids are selected as text). */
export type Value = string | number | Uint8Array | null;

/** A row: its values in the order of the statement's columns. */
export type Row = readonly Value[];

export interface Statement {
  readonly name: string;
  /** The text in a database's words, with `?` for each parameter. */
  readonly text: (sql: Dialect) => string;
  /** `row`: at most one row comes back. `rows`: any number. `change`: none, but how many rows were changed. */
  readonly returns: 'row' | 'rows' | 'change';
  /**
   * Undefined: the statement takes the parameters that its text shows. Otherwise it takes a list of rows of these columns after them, and runs for each of the list; the
   * driver decides how: one by one, or all in one.
   */
  readonly list?: readonly ColumnType[];
  /** The columns of a statement that is asked for many large rows: a driver may have a way for these. */
  readonly columns?: readonly ColumnType[];
  /** The database refuses it in a transaction. */
  readonly standsAlone?: true;
}

type Text = Statement['text'];

/** Declares a statement that returns any number of rows. */
export function selectsRows(name: string, text: Text): Statement {
  return { name, text, returns: 'rows' };
}

/** Declares a statement that returns a row or none. */
export function selectsRow(name: string, text: Text): Statement {
  return { name, text, returns: 'row' };
}

/** Declares a statement that returns rows for a list of values; the rows come in any order. */
export function selectsEach(name: string, list: readonly ColumnType[], text: Text): Statement {
  return { name, text, returns: 'rows', list };
}

/** Declares a statement that changes rows; it comes back as one row with their number. */
export function changes(name: string, text: Text): Statement {
  return { name, text, returns: 'change' };
}

/** The columns of a table by their names. */
export type ColumnTypes = Readonly<Record<string, ColumnType>>;

/** Declares a statement that inserts rows of these columns. `overwrite`: a row with the same value in this column gets the other values. */
export function insertsEach(
  name: string,
  table: string,
  columns: ColumnTypes,
  { overwrite }: { readonly overwrite?: string } = {},
): Statement {
  const names = Object.keys(columns);
  const types = Object.values(columns);
  return changesEach(name, types, (sql) => {
    const insert = `INSERT INTO ${table} (${names.join(', ')})
  ${sql.insertedList(types)}`;
    if (overwrite === undefined) return insert;
    const others = names.filter((column) => column !== overwrite);
    return `${insert}
  ${sql.overwrite(overwrite, others)}`;
  });
}

/** Declares a statement that changes rows for each row of a list. */
export function changesEach(name: string, list: readonly ColumnType[], text: Text): Statement {
  return { name, text, returns: 'change', list };
}
