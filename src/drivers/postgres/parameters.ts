/** A query's parameters as Postgres takes them. */
import type { Query } from '../../mvcc/program.ts';
import type { ColumnType } from '../../sql/dialects/dialect.ts';
import type { Parameter } from '../../sql/statement.ts';

type Row = readonly Parameter[];

/** The values of `$1`, `$2`, ...: a list as one array a column, its bytes in one piece at the end, with where each row's begin and how long they are. */
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

/** Postgres counts from 1. */
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
