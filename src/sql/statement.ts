/** A statement of SQL: written once, prepared once a connection, found by its name. */
import type { ColumnType, Dialect } from './dialects/dialect.ts';

/** What a parameter may be; text is bound as text, so that names stay text for kine. */
export type Parameter = string | number | bigint | Uint8Array | null;

/** A column's value as a driver returns it: integers as numbers (lease ids are selected as text). */
export type Value = string | number | Uint8Array | null;

/** The values of a row in the order of the statement's columns. */
export type Values = readonly Value[];

/** A row as a driver returns it. Its `Values` are read in src/sql/ alone: to everybody else it is closed. */
export interface Row {
  readonly length: number;
}

/** The columns of a table or of rows by their names, in their order. */
export type ColumnTypes = Readonly<Record<string, ColumnType>>;

/** The columns of rows, and how a row is read. */
export interface Shape<Result> {
  readonly columns: ColumnTypes;
  readonly decode: (row: Values) => Result;
}

/** A column of a table, or of the rows that a statement returns. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

export interface Statement {
  readonly name: string;
  /** The text in a database's words, with `?` for each parameter. */
  readonly text: (sql: Dialect) => string;
  /** `row`: at most one row comes back. `rows`: any number. `change`: none, but how many rows were changed. */
  readonly returns: 'row' | 'rows' | 'change';
  /** Of the rows that come back, in their order. */
  readonly columns: readonly Column[];
  /** The statement is asked for many large rows: a driver may have a way for these. */
  readonly isBulk?: true;
  /** The database refuses it in a transaction. */
  readonly standsAlone?: true;
}

/** A statement whose rows come back as these. */
export interface Select<Result> extends Statement {
  readonly decode: (row: Row) => Result;
}

/**
 * A statement that takes a list of rows of these columns after the parameters that its text shows, and runs for each of the list; the driver decides how: one by one, or
 * all in one.
 */
export interface ListStatement extends Statement {
  readonly list: readonly ColumnType[];
}

/** A statement that inserts rows which are given as these. */
export interface Insert<Item> extends ListStatement {
  readonly encode: (item: Item) => readonly Parameter[];
}

type Text = Statement['text'];

/** Declares a statement that returns any number of rows. */
export function selectsRows<Result>(name: string, shape: Shape<Result>, text: Text): Select<Result> {
  return { name, text, returns: 'rows', ...read(shape) };
}

/** The same for many large rows. */
export function selectsBulk<Result>(name: string, shape: Shape<Result>, text: Text): Select<Result> {
  return { ...selectsRows(name, shape, text), isBulk: true };
}

/** Declares a statement that returns a row or none. */
export function selectsRow<Result>(name: string, shape: Shape<Result>, text: Text): Select<Result> {
  return { name, text, returns: 'row', ...read(shape) };
}

/** Declares a statement that returns rows for a list of values; the rows come in any order. */
export function selectsEach<Result>(
  name: string,
  list: readonly ColumnType[],
  shape: Shape<Result>,
  text: Text,
): Select<Result> & ListStatement {
  return { name, text, returns: 'rows', list, ...read(shape) };
}

function read<Result>({ columns, decode }: Shape<Result>): Pick<Select<Result>, 'columns' | 'decode'> {
  return {
    columns: Object.entries(columns).map(([name, type]) => ({ name, type })),
    decode: decode as Select<Result>['decode'],
  };
}

/** Declares a statement that changes rows; it comes back as one row with their number. */
export function changes(name: string, text: Text): Statement {
  return { name, text, returns: 'change', columns: [] };
}

/** Declares a statement that changes rows for each row of a list. */
export function changesEach(name: string, list: readonly ColumnType[], text: Text): ListStatement {
  return { ...changes(name, text), list };
}

/** Declares a statement that inserts rows of these columns. */
export function inserts<Item>(
  name: string,
  table: string,
  columns: readonly Column[],
  encode: (item: Item) => readonly Parameter[],
): Insert<Item> {
  const names = columns.map((column) => column.name).join(', ');
  const types = columns.map(({ type }) => type);
  const text: Text = (sql) => `INSERT INTO ${table} (${names})
  ${sql.list.inserted(types)}`;
  return { ...changesEach(name, types, text), encode };
}

interface InsertedValues {
  readonly text: string;
  readonly integer: number | bigint | null;
  readonly bytes: Uint8Array;
}

/**
 * Declares a statement that inserts records of these fields: field `ttlSeconds` is column `ttl_seconds`. `overwrite`: a row that has the record's value in this column gets
 * the other values.
 */
export function insertsRecords<const Fields extends ColumnTypes>(
  name: string,
  table: string,
  fields: Fields,
  { overwrite }: { readonly overwrite?: keyof Fields & string } = {},
): Insert<{ readonly [Field in keyof Fields]: InsertedValues[Fields[Field]] }> {
  const keys = Object.keys(fields);
  const columns = Object.entries(fields).map(([field, type]) => ({ name: columnName(field), type }));
  const insert = inserts(name, table, columns, (item: Readonly<Record<string, Parameter>>) =>
    keys.map((key) => item[key] as Parameter),
  );
  if (overwrite === undefined) return insert;
  const key = columnName(overwrite);
  const others = columns.map((column) => column.name).filter((column) => column !== key);
  const text: Text = (sql) => `${insert.text(sql)}
  ${sql.change.overwrite(key, others)}`;
  return { ...insert, text };
}

function columnName(field: string): string {
  return field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The value that a statement of one row and one column returned; undefined: no row. */
export function onlyValue(found: readonly Row[] | undefined): Value | undefined {
  return (found?.[0] as Values | undefined)?.[0];
}

/** How many rows a changing statement changed, as it comes back. */
export function changeCount(found: readonly Row[] | undefined): number {
  return onlyValue(found) as number;
}

/** What a changing statement comes back with. */
export function changeRows(count: number): readonly Row[] {
  return [[count]];
}

/** The bytes of a row's blobs. */
export function blobBytes(row: Row): number {
  let bytes = 0;
  for (const value of row as Values) if (value instanceof Uint8Array) bytes += value.length;
  return bytes;
}
