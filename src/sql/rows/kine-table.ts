/** Table `kine`, the log: one row for each write of a key. Its columns, what they mean, and a row as it is inserted. */
import type { ColumnType } from '../dialects/dialect.ts';
import type { Column, Parameter } from '../statement.ts';

/** A column, and what a row has in it. */
interface TableColumn<Value extends Parameter> extends Column {
  /** Never there: carries the type. */
  readonly value?: Value;
}

function column<Value extends Parameter>(name: string, type: ColumnType): TableColumn<Value> {
  return { name, type };
}

/** The columns by what a row calls them, in the order in which they are inserted. kine also has `old_value`, which tine leaves NULL. */
const columns = {
  /** Ids follow each other without gaps in the order of commits. Instances assign them, the database does not. */
  id: column<number>('id', 'integer'),
  /** The key's text (key-text.ts). */
  name: column<string>('name', 'text'),
  /** 1: the row creates its key. */
  created: column<0 | 1>('created', 'integer'),
  /** 1: a tombstone or a gap. */
  deleted: column<0 | 1>('deleted', 'integer'),
  /** The revision at which the key was created. 0 in the row that creates it, as in kine, and in tombstones. */
  createRevision: column<number>('create_revision', 'integer'),
  /** The id of the row that this one replaces; 0: none. In the compaction mark: the id up to which the log is compacted. */
  replacedId: column<number>('prev_revision', 'integer'),
  /** The TTL of the key's lease in seconds, for kine. 0: no lease. */
  ttlSeconds: column<number>('lease', 'integer'),
  value: column<Uint8Array | null>('value', 'bytes'),
  /** How many times the key was written since it was created; 0 in tombstones. NULL: kine wrote the row. */
  version: column<number | null>('version', 'integer'),
  /** The key's lease: 63 bits, more than a JavaScript number holds. NULL: none. */
  leaseId: column<bigint | null>('lease_id', 'integer'),
  /** The revision at which the row was written. NULL: it is the id, until a transaction has written several keys. */
  revision: column<number | null>('revision', 'integer'),
  /** The place of the row among those of its revision, from 0. NULL: it is the first. */
  subRevision: column<number | null>('sub_revision', 'integer'),
} as const;

type Columns = typeof columns;
type ValueOf<Of> = Of extends TableColumn<infer Value> ? Value : never;

/** A row of table `kine`. */
export type KineRow = { readonly [Field in keyof Columns]: ValueOf<Columns[Field]> };

type Field = keyof KineRow;

const fields = Object.keys(columns) as readonly Field[];

/** What a gap has in a table that may be kine's: tine's columns are not there. */
const gapFields: readonly Field[] = ['id', 'name', 'created', 'deleted', 'createRevision', 'replacedId', 'ttlSeconds'];

/** The columns that a row is inserted with. */
export const kineColumns: readonly Column[] = columnsOf(fields);
export const gapColumns: readonly Column[] = columnsOf(gapFields);

function columnsOf(some: readonly Field[]): readonly Column[] {
  return some.map((field) => columns[field]);
}

/** A row as the statement takes it that inserts `kineColumns`. */
export function kineParameters(row: KineRow): readonly Parameter[] {
  return fields.map((field) => row[field]);
}

/** A row as the statement takes it that inserts `gapColumns`. */
export function gapParameters(row: KineRow): readonly Parameter[] {
  return gapFields.map((field) => row[field]);
}
