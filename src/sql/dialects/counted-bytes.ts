import type { BytesQuery } from './dialect.ts';

/**
 * A query that counts the bytes of its rows and ends with the row that reaches a bound, because a
 * driver cannot stop a result in the middle over a network. Its last parameters are the number of
 * rows and the bound.
 */
export function countedBytes({ before, columns, bytes, from, orderColumn }: BytesQuery): string {
  const named = columns.map((column, index) => `${column} AS c${index + 1}`);
  const order = columns[orderColumn - 1];
  return `${before} SELECT ${columns.map((_column, index) => `c${index + 1}`).join(', ')}
  FROM (
    SELECT ${named.join(', ')},
      SUM(${bytes}) OVER (ORDER BY ${order} ROWS UNBOUNDED PRECEDING) - (${bytes}) AS bytes_before
    ${from}
    ORDER BY ${orderColumn}
    LIMIT ?) page
  WHERE bytes_before < ?
  ORDER BY ${orderColumn}`;
}
