/** Rows of table `kine`, column by column, and what they mean in etcd's terms. */
import type { Row, Value } from './statement.ts';

/**
 * The revision of a row is its id until a transaction has written several keys (column `revision`). A creating row keeps
 * create_revision 0, as kine does. A version kine left out is counted along the chain of rows that are kept: each names the one it replaced.
 * Lease ids use all 63 bits, more than a JavaScript number holds: they travel as text.
 */
export function rowColumns(row: string): string {
  return `${row}.name,
    ${row}.id,
    ${modRevision(row)},
    ${createRevision(row)},
    ${version(row)},
    CAST(${row}.lease_id AS TEXT)`;
}

/** SQL: the revision at which a row was written. */
export function modRevision(row: string): string {
  return `COALESCE(${row}.revision, ${row}.id)`;
}

/** SQL: the revision at which a row's key was created. */
export function createRevision(row: string): string {
  return `CASE WHEN ${row}.created = 1 THEN ${modRevision(row)} ELSE ${row}.create_revision END`;
}

/** SQL: how many times a row's key was written since it was created. */
export function version(row: string): string {
  return `COALESCE(${row}.version, (
      WITH RECURSIVE chain(depth, prev_revision, created, version) AS (
        SELECT 0, ${row}.prev_revision, ${row}.created, NULL
        UNION ALL
        SELECT chain.depth + 1, older.prev_revision, older.created, older.version
        FROM chain
        JOIN kine older ON older.id = chain.prev_revision
        WHERE chain.created = 0 AND chain.version IS NULL AND older.deleted = 0
      )
      SELECT MAX(depth + COALESCE(version, 1)) FROM chain))`;
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
