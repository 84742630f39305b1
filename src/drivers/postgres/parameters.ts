/** The parameters of a query in the form that Postgres accepts. */
import type { Query } from '../../mvcc/program.ts';
import type { ColumnType } from '../../sql/dialects/dialect.ts';
import type { Parameter } from '../../sql/statement.ts';

type Row = readonly Parameter[];

/**
 * The values of `$1`, `$2`, ... A list becomes one array for each column. Its bytes come last, as
 * one value, with the start and the length of each row's bytes.
 */
export function parameterValues(query: Query): unknown[] {
  const { parameters, bytesMax } = query;
  const values: unknown[] = [...parameters];
  if (query.list !== undefined) values.push(...columnArrays(query.statement.list, query.list));
  if (bytesMax !== undefined) values.push(bytesMax);
  return values;
}

function columnArrays(types: readonly ColumnType[], list: readonly Row[]): unknown[] {
  const arrays: unknown[] = [];
  for (const [index, type] of types.entries()) if (type !== 'bytes') arrays.push(list.map((row) => row[index]));
  const bytesIndex = types.indexOf('bytes');
  if (bytesIndex >= 0) arrays.push(...piecedBytes(list.map((row) => row[bytesIndex] as Uint8Array | null)));
  return arrays;
}

/** Joins bytes. Starts count from 1, as in Postgres. */
function piecedBytes(pieces: readonly (Uint8Array | null)[]): [starts: number[], lengths: (number | null)[], Buffer] {
  let start = 1;
  const starts = pieces.map((piece) => {
    const own = start;
    start += piece?.length ?? 0;
    return own;
  });
  const lengths = pieces.map((piece) => piece?.length ?? null);
  return [starts, lengths, Buffer.concat(pieces.filter((piece) => piece !== null))];
}
