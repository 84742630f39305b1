/**
 * A statement of SQL. It is written once, prepared once for each connection, and found by its name.
 */
import type { ColumnType, Dialect } from './dialects/dialect.ts';

/** The types of parameters. Text is bound as text, so that names stay text for kine. */
export type Parameter = string | number | bigint | Uint8Array | null;

/**
 * The value of a column as a driver returns it. Integers are numbers; lease ids are selected as
 * text.
 */
export type Value = string | number | Uint8Array | null;

/** The values of a row in the order of the statement's columns. */
export type Values = readonly Value[];

/**
 * A row as a driver returns it. Only src/sql/ reads its `Values`; to other code the type is opaque.
 */
export interface Row {
  readonly length: number;
}

/** The columns of a table or of rows: types by name, in the order of the columns. */
export type ColumnTypes = Readonly<Record<string, ColumnType>>;

/** The columns of rows, and the decoder of a row. */
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
  /** The text in a dialect, with `?` for each parameter. */
  readonly text: (sql: Dialect) => string;
  /** `row`: at most one row. `rows`: any number of rows. `change`: the number of changed rows. */
  readonly returns: 'row' | 'rows' | 'change';
  /** The columns of the returned rows, in their order. */
  readonly columns: readonly Column[];
  /** The statement returns many large rows. A driver may read them in a special way. */
  readonly isBulk?: true;
  /** The database refuses the statement in a transaction. */
  readonly outsideTransaction?: true;
}

/** A statement with the decoder of its rows. */
export interface Select<Result> extends Statement {
  readonly decode: (row: Row) => Result;
}

/**
 * A statement that runs for each item of a list. `list` has the column types of an item. The list
 * follows the parameters in the text. The driver runs the items one by one or all in one request.
 */
export interface ListStatement extends Statement {
  readonly list: readonly ColumnType[];
}

/** A statement that inserts rows, with the encoder of a row. */
export interface Insert<Item> extends ListStatement {
  readonly encode: (item: Item) => readonly Parameter[];
}

type Text = Statement['text'];

/** Declares a statement that returns any number of rows. */
export function selectsRows<Result>(name: string, shape: Shape<Result>, text: Text): Select<Result> {
  return { name, text, returns: 'rows', ...read(shape) };
}

/** Declares a statement that returns many large rows. */
export function selectsBulk<Result>(name: string, shape: Shape<Result>, text: Text): Select<Result> {
  return { ...selectsRows(name, shape, text), isBulk: true };
}

/** Declares a statement that returns at most one row. */
export function selectsRow<Result>(name: string, shape: Shape<Result>, text: Text): Select<Result> {
  return { name, text, returns: 'row', ...read(shape) };
}

/** Declares a statement that returns rows for a list of values, in any order. */
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

/** Declares a statement that changes rows. It returns one row with the number of changed rows. */
export function changes(name: string, text: Text): Statement {
  return { name, text, returns: 'change', columns: [] };
}

/** Declares a statement that changes rows for each item of a list. */
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
 * Declares a statement that inserts records of these fields: field `ttlSeconds` is column
 * `ttl_seconds`. `overwrite`: if a row has the same value in this column, its other columns are
 * overwritten.
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

/** The first value of the first row; undefined: no row. */
export function onlyValue(found: readonly Row[] | undefined): Value | undefined {
  return (found?.[0] as Values | undefined)?.[0];
}

/** The number of rows in the result of a changing statement. */
export function changeCount(found: readonly Row[] | undefined): number {
  return onlyValue(found) as number;
}

/** The result of a changing statement. */
export function changeRows(count: number): readonly Row[] {
  return [[count]];
}

/** The bytes of all blobs of a row. */
export function blobBytes(row: Row): number {
  let bytes = 0;
  for (const value of row as Values) if (value instanceof Uint8Array) bytes += value.length;
  return bytes;
}
