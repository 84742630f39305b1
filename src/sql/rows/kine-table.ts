/**
 * Table `kine`, the log: one row for each write of a key. Describes the columns and encodes rows
 * for inserts.
 */
import type { ColumnType } from '../dialects/dialect.ts';
import type { Column, Parameter } from '../statement.ts';

/** A column, and the type of its value in a row. */
interface TableColumn<Value extends Parameter> extends Column {
  /** Never set; it only carries the type. */
  readonly value?: Value;
}

function column<Value extends Parameter>(name: string, type: ColumnType): TableColumn<Value> {
  return { name, type };
}

/**
 * The columns by their field names in a row, in the order of inserts. kine also has `old_value`,
 * which tine leaves NULL.
 */
const columns = {
  /** Ids are consecutive, in the order of commits. Instances assign them, not the database. */
  id: column<number>('id', 'integer'),
  /** The text of the key (key-text.ts). */
  name: column<string>('name', 'text'),
  /** 1: the row creates its key. */
  created: column<0 | 1>('created', 'integer'),
  /** 1: a tombstone or a gap. */
  deleted: column<0 | 1>('deleted', 'integer'),
  /**
   * The revision at which the key was created. 0 in the row that creates it, as in kine, and in
   * tombstones.
   */
  createRevision: column<number>('create_revision', 'integer'),
  /**
   * The id of the row that this one replaces; 0: none. In the compaction mark: the id up to which
   * the log is compacted.
   */
  replacedId: column<number>('prev_revision', 'integer'),
  /** The TTL of the key's lease in seconds, for kine. 0: no lease. */
  ttlSeconds: column<number>('lease', 'integer'),
  value: column<Uint8Array | null>('value', 'bytes'),
  /**
   * The number of writes of the key since its creation; 0 in tombstones. NULL: kine wrote the row.
   */
  version: column<number | null>('version', 'integer'),
  /** The lease of the key: 63 bits, more than a JavaScript number stores exactly. NULL: none. */
  leaseId: column<bigint | null>('lease_id', 'integer'),
  /**
   * The revision at which the row was written. NULL: it equals the id, as it does until a
   * transaction has written several keys.
   */
  revision: column<number | null>('revision', 'integer'),
  /** The position of the row among the rows of its revision, from 0. NULL: it is the first. */
  subRevision: column<number | null>('sub_revision', 'integer'),
} as const;

type Columns = typeof columns;
type ValueOf<Of> = Of extends TableColumn<infer Value> ? Value : never;

/** A row of table `kine`. */
export type KineRow = { readonly [Field in keyof Columns]: ValueOf<Columns[Field]> };

type Field = keyof KineRow;

const fields = Object.keys(columns) as readonly Field[];

/** The fields of a gap in a table of kine, which does not have tine's columns. */
const gapFields: readonly Field[] = ['id', 'name', 'created', 'deleted', 'createRevision', 'replacedId', 'ttlSeconds'];

/** The columns of an insert. */
export const kineColumns: readonly Column[] = columnsOf(fields);
export const gapColumns: readonly Column[] = columnsOf(gapFields);

function columnsOf(some: readonly Field[]): readonly Column[] {
  return some.map((field) => columns[field]);
}

/** A row as parameters in the order of `kineColumns`. */
export function kineParameters(row: KineRow): readonly Parameter[] {
  return fields.map((field) => row[field]);
}

/** A row as parameters in the order of `gapColumns`. */
export function gapParameters(row: KineRow): readonly Parameter[] {
  return gapFields.map((field) => row[field]);
}
