/** The columns of table `kine` in SQL, and their meaning in etcd's terms. */
import type { Dialect } from '../dialects/dialect.ts';
import type { ColumnTypes, Shape, Values } from '../statement.ts';

/**
 * The columns of a key-value without its value. The revision of a row is its id until a transaction
 * has written several keys (column `revision`). A row that creates its key has create_revision 0,
 * as in kine. Lease ids use all 63 bits, more than a JavaScript number stores exactly, so they are
 * selected as text.
 */
export function rowColumns(sql: Dialect, row: string): readonly string[] {
  return [
    `${row}.name`,
    `${row}.id`,
    modRevision(row),
    createRevision(row),
    version(sql, row),
    sql.expression.asText(`${row}.lease_id`),
  ];
}

/** SQL: the revision at which a row was written. */
export function modRevision(row: string): string {
  return `COALESCE(${row}.revision, ${row}.id)`;
}

/** SQL: the revision at which a row's key was created. */
export function createRevision(row: string): string {
  return `CASE WHEN ${row}.created = 1 THEN ${modRevision(row)} ELSE ${row}.create_revision END`;
}

/**
 * SQL: the number of writes of a row's key since its creation. Rows by kine do not store it. They
 * are counted from the newest earlier row that stores it or created the key. Compacted rows cannot
 * be counted.
 */
export function version(sql: Dialect, row: string): string {
  const counted = `FROM kine known
      WHERE known.name = ${row}.name AND known.id <= ${row}.id AND (known.created = 1 OR known.version IS NOT NULL)`;
  return `COALESCE(${row}.version, (
      SELECT COUNT(*)
      ${sql.kine.rowsAfter('unknown', `SELECT MAX(known.id) ${counted}`, `unknown.name = ${row}.name AND unknown.id <= ${row}.id`)}
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      ${counted}
      ORDER BY known.id DESC
      LIMIT 1), 0))`;
}

/** A key-value as table `kine` stores it. */
export interface KeyValueRow {
  readonly name: string;
  readonly id: number;
  readonly modRevision: number;
  readonly createRevision: number;
  readonly version: number;
  /** Decimal; null or '0': no lease. */
  readonly lease: string | null;
  /** Null: the value is empty, or it was not selected. */
  readonly value: Uint8Array | null;
}

/** The columns of `rowColumns`. */
export const keyColumns = {
  name: 'text',
  id: 'integer',
  modRevision: 'integer',
  createRevision: 'integer',
  version: 'integer',
  lease: 'text',
} as const satisfies ColumnTypes;

/** The columns of `rowColumns` and the value. */
export const keyValueColumns = { ...keyColumns, value: 'bytes' } as const satisfies ColumnTypes;

/** Rows of `rowColumns`. */
export const keyShape: Shape<KeyValueRow> = { columns: keyColumns, decode: (row) => keyAt(row, 0) };

/** Rows of `rowColumns` and the value. */
export const keyValueShape: Shape<KeyValueRow> = {
  columns: keyValueColumns,
  decode: (row) => keyValueAt(row, 0),
};

/** Decodes the row that begins at a column, without a value. */
export function keyAt(row: Values, start: number): KeyValueRow {
  return keyWith(row, start, null);
}

/** Decodes the row that begins at a column, with the value if the statement selected it. */
export function keyValueAt(row: Values, start: number): KeyValueRow {
  return keyWith(row, start, (row[start + 6] ?? null) as Uint8Array | null);
}

function keyWith(row: Values, start: number, value: Uint8Array | null): KeyValueRow {
  return {
    name: row[start] as string,
    id: row[start + 1] as number,
    modRevision: row[start + 2] as number,
    createRevision: row[start + 3] as number,
    version: row[start + 4] as number,
    lease: row[start + 5] as string | null,
    value,
  };
}
