/**
 * Rows up to a number of bytes, on MySQL. The server sends short values and the lengths of all
 * values (mysql-dialect.ts); long values are held back and read separately.
 */
import { assert } from '../../errors.ts';
import { heldBackBytesMin } from '../dialects/mysql-dialect.ts';
import { record } from '../shape.ts';
import { type Row, type Statement, selectsEach, type Value } from '../statement.ts';

/**
 * A value that was held back: the row and column where it belongs, and the id of the row of table
 * `kine` that contains it.
 */
export interface MissingValue {
  readonly row: Value[];
  readonly column: number;
  readonly id: number;
}

// The values that were held back, by the ids of their rows.
export const VALUES_BY_ID = selectsEach(
  'values_by_id',
  ['integer'],
  record({ id: 'integer', value: 'bytes?' }),
  (sql) => `SELECT id, value
  FROM kine
  WHERE ${sql.list.contains('id', 'integer')}`,
);

/** The list parameter of `VALUES_BY_ID`. */
export function missingIds(missing: readonly MissingValue[]): readonly [number][] {
  return [...new Set(missing.map(({ id }) => id))].map((id) => [id]);
}

/** Inserts the values that `VALUES_BY_ID` returned into their rows. */
export function fillIn(missing: readonly MissingValue[], found: readonly Row[]): void {
  const values = new Map(found.map(VALUES_BY_ID.decode).map(({ id, value }) => [id, value]));
  for (const { row, column, id } of missing) {
    const value = values.get(id);
    assert(value !== undefined, 'a row that was read still exists in the same transaction');
    row[column] = value;
  }
}

/**
 * The rows up to the one at which the sum of lengths reaches the bound, without the lengths. Adds
 * the values that were held back to `missing`.
 */
export function rowsUpToBytes(
  { statement, rows, bytesMax }: { statement: Statement; rows: readonly Row[]; bytesMax: number },
  missing: MissingValue[],
): readonly Row[] {
  const columnCount = statement.columns.length;
  const values = valuesOf(statement);
  const taken: Row[] = [];
  for (let bytes = 0; taken.length < rows.length && bytes < bytesMax; ) {
    const row = rows[taken.length] as Value[];
    for (const [index, { column, idColumn }] of values.entries()) {
      const length = row[columnCount + index] as number;
      bytes += length;
      if (length >= heldBackBytesMin) missing.push({ row, column, id: row[idColumn] as number });
    }
    row.length = columnCount;
    taken.push(row);
  }
  return taken;
}

/** The columns of a value and of the id of its row. */
interface ValueColumn {
  readonly column: number;
  readonly idColumn: number;
}

const columnsOfStatement = new Map<Statement, readonly ValueColumn[]>();

/**
 * The value columns of a statement, found by name: `value` belongs to `id`, `older.value` to
 * `older.id`.
 */
function valuesOf(statement: Statement): readonly ValueColumn[] {
  let values = columnsOfStatement.get(statement);
  if (values === undefined) {
    const names = statement.columns.map(({ name }) => name);
    values = names.flatMap((name, column) =>
      /\bvalue$/.test(name) ? [{ column, idColumn: names.indexOf(name.replace(/value$/, 'id')) }] : [],
    );
    columnsOfStatement.set(statement, values);
  }
  return values;
}
