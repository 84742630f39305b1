/** Rows that end at a number of bytes, on MySQL: the server sends short values only, and the lengths of all (mysql-dialect.ts). */
import { assert } from '../../errors.ts';
import { heldBackBytesMin } from '../dialects/mysql-dialect.ts';
import { record } from '../shape.ts';
import { type Row, type Statement, selectsEach, type Value } from '../statement.ts';

/** A value that stayed behind: where it belongs, and the row of table `kine` that has it. */
export interface MissingValue {
  readonly row: Value[];
  readonly column: number;
  readonly id: number;
}

// The values that stayed behind, by the ids of their rows.
export const VALUES_BY_ID = selectsEach(
  'values_by_id',
  ['integer'],
  record({ id: 'integer', value: 'bytes?' }),
  (sql) => `SELECT id, value
  FROM kine
  WHERE ${sql.list.contains('id', 'integer')}`,
);

/** The list for that statement. */
export function missingIds(missing: readonly MissingValue[]): readonly [number][] {
  return [...new Set(missing.map(({ id }) => id))].map((id) => [id]);
}

/** Puts the values that it found where they belong. */
export function fillIn(missing: readonly MissingValue[], found: readonly Row[]): void {
  const values = new Map(found.map(VALUES_BY_ID.decode).map(({ id, value }) => [id, value]));
  for (const { row, column, id } of missing) {
    const value = values.get(id);
    assert(value !== undefined, 'a row that was read is still there in the same snapshot');
    row[column] = value;
  }
}

/** The rows up to and with the one at which the sum of lengths reaches the bound, without the lengths. Notes which values are missing. */
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

/** Where a value stands, and the id of its row. */
interface ValueColumn {
  readonly column: number;
  readonly idColumn: number;
}

const columnsOfStatement = new Map<Statement, readonly ValueColumn[]>();

/** The values of a statement by the names of its columns: beside `value` stands `id`, beside `older.value` stands `older.id`. */
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
