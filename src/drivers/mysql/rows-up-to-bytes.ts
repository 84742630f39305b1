/** Rows that end at a number of bytes. The server sends short values only, and the lengths of all. */
import { assert } from '../../errors.ts';
import { listQuery, type Query } from '../../mvcc/program.ts';
import { heldBackBytesMin, isValueColumn, mysqlDialect } from '../../sql/mysql-dialect.ts';
import { type Row, type Statement, selectsEach, type Value } from '../../sql/statement.ts';

/** A value that stayed behind: where it belongs, and the row of table `kine` that has it. */
export interface MissingValue {
  readonly row: Value[];
  readonly column: number;
  readonly id: number;
}

export const VALUES_BY_ID = selectsEach(
  'values_by_id',
  ['integer'],
  (sql) => `SELECT id, value
  FROM kine
  WHERE ${sql.inList('id', 'integer')}`,
);

/** The query that fetches them. */
export function valuesQuery(missing: readonly MissingValue[]): Query {
  return listQuery(
    VALUES_BY_ID,
    [...new Set(missing.map(({ id }) => id))].map((id) => [id]),
  );
}

/** Puts them where they belong. */
export function fillIn(missing: readonly MissingValue[], found: readonly Row[]): void {
  const values = new Map(found.map(([id, value]) => [id, value as Value]));
  for (const { row, column, id } of missing) {
    assert(values.has(id), 'a row that was read is still there in the same snapshot');
    row[column] = values.get(id) as Value;
  }
}

/** The rows up to and with the one at which the sum of lengths reaches the bound, without the lengths. Notes which values are missing. */
export function rowsUpToBytes(
  { statement, rows, bytesMax }: { statement: Statement; rows: readonly Row[]; bytesMax: number },
  missing: MissingValue[],
): readonly Row[] {
  const { columnCount, values } = layoutOf(statement);
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

interface Layout {
  readonly columnCount: number;
  /** Where the values stand, and the ids of their rows. */
  readonly values: readonly { readonly column: number; readonly idColumn: number }[];
}

const layouts = new Map<Statement, Layout>();

function layoutOf(statement: Statement): Layout {
  let layout = layouts.get(statement);
  if (layout === undefined) {
    const columns = columnsOf(statement);
    const values = columns.flatMap((name, column) =>
      isValueColumn(name) ? [{ column, idColumn: columns.indexOf(name.replace('.value', '.id')) }] : [],
    );
    layout = { columnCount: columns.length, values };
    layouts.set(statement, layout);
  }
  return layout;
}

function columnsOf(statement: Statement): readonly string[] {
  let found: readonly string[] = [];
  statement.text({
    ...mysqlDialect,
    upToBytes: (query) => {
      found = query.columns;
      return '';
    },
  });
  assert(found.length > 0, `${statement.name} ends at a number of bytes`);
  return found;
}
