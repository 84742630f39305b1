/** Rows of table `kine`, column by column, and what they mean in etcd's terms. */
import type { ColumnType, Dialect } from './dialect.ts';
import type { Row, Value } from './statement.ts';

/**
 * The revision of a row is its id until a transaction has written several keys (column `revision`). A creating row keeps
 * create_revision 0, as kine does. Lease ids use all 63 bits, more than a JavaScript number holds: they travel as text.
 */
export function rowColumns(sql: Dialect, row: string): readonly string[] {
  return [
    `${row}.name`,
    `${row}.id`,
    modRevision(row),
    createRevision(row),
    version(sql, row),
    sql.asText(`${row}.lease_id`),
  ];
}

/** What those columns hold. */
export const rowColumnTypes: readonly ColumnType[] = ['text', 'integer', 'integer', 'integer', 'integer', 'text'];

/** SQL: the revision at which a row was written. */
export function modRevision(row: string): string {
  return `COALESCE(${row}.revision, ${row}.id)`;
}

/** SQL: the revision at which a row's key was created. */
export function createRevision(row: string): string {
  return `CASE WHEN ${row}.created = 1 THEN ${modRevision(row)} ELSE ${row}.create_revision END`;
}

/**
 * SQL: how many times a row's key was written since it was created. Rows of kine's do not say: they are counted from the newest one before that does, or that
 * created the key, on; what is compacted away cannot be counted.
 */
export function version(sql: Dialect, row: string): string {
  const knowing = `FROM kine known
      WHERE known.name = ${row}.name AND known.id <= ${row}.id AND (known.created = 1 OR known.version IS NOT NULL)`;
  return `COALESCE(${row}.version, (
      SELECT COUNT(*)
      ${sql.rowsAfter('unknown', `SELECT MAX(known.id) ${knowing}`, `unknown.name = ${row}.name AND unknown.id <= ${row}.id`)}
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      ${knowing}
      ORDER BY known.id DESC
      LIMIT 1), 0))`;
}

/** A row of `rowColumns` followed by `value`. */
export interface KeyValueRow {
  readonly name: string;
  readonly id: number;
  readonly modRevision: number;
  readonly createRevision: number;
  readonly version: number;
  /** Decimal; null or '0': no lease. */
  readonly lease: string | null;
  /** Null reads as empty. */
  readonly value: Uint8Array | null;
}

/** Names the columns of a row; `value` is null when the statement did not select it. */
export function keyValueRow(row: Row, offset = 0): KeyValueRow {
  return {
    name: row[offset] as string,
    id: row[offset + 1] as number,
    modRevision: row[offset + 2] as number,
    createRevision: row[offset + 3] as number,
    version: row[offset + 4] as number,
    lease: row[offset + 5] as string | null,
    value: (row[offset + 6] ?? null) as Uint8Array | null,
  };
}

/** A column that is never NULL in the statement that selected it. */
export function numberAt(row: Row, index: number): number {
  const value: Value | undefined = row[index];
  if (typeof value !== 'number') throw new TypeError(`column ${index} is not a number: ${String(value)}`);
  return value;
}
