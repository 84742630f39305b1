/** The words of MySQL and MariaDB. */
import type { BytesQuery, Dialect } from './dialect.ts';
import { compactMarkName } from './key-text.ts';

/**
 * The client writes parameters into the text. `?` is the next one, `?4` the fourth; a list stands as `a, b` for `?list`, as `(a, b), (c, d)` for `?rows`, and as the
 * rows of a table with a column `name` for `?names`. Names are bytes to the server: each collation for text that both MySQL and MariaDB have takes `a` and `a ` for one.
 */
export const mysqlDialect: Dialect = {
  text: '?',
  integer: '?',
  limit: '?',
  bytes: '?',
  textOfBytes: '?',
  noBytes: "X''",
  joinRow: (id) => `STRAIGHT_JOIN kine ON kine.id = ${id}`,
  leftJoinRow: (name, id, condition) => `LEFT JOIN kine ${name} ON ${name}.id = ${id} AND ${condition}`,
  asText: (expression) => `CAST(${expression} AS CHAR)`,
  selectedBytes: (expression) => expression,
  // Short bytes are names to the driver. This has the type of long ones.
  bytesOf: (column) => `COALESCE(${column}, RPAD(X'', 70000, X'00'))`,
  // Not every version searches in bytes, nor knows escapes.
  isForeign: (column) => `HEX(${column}) REGEXP '^(..)*(0[01]|7F|[89A-F].)'`,
  greatest: (first, second) => `GREATEST(${first}, ${second})`,
  unindexed: (column) => `CONCAT(${column}, '')`,
  overwrite: (_key, columns) =>
    `ON DUPLICATE KEY UPDATE ${columns.map((column) => `${column} = VALUES(${column})`).join(', ')}`,
  concatenated: (column, orderedBy) => `GROUP_CONCAT(${column} ORDER BY ${orderedBy} SEPARATOR '')`,
  inList: (column) => `${column} IN (?list)`,
  insertedList: () => 'VALUES ?rows',
  // A probe a name. MAX(id) ... GROUP BY name reads all rows of each.
  newestOfNames: `FROM (?names) asked
  STRAIGHT_JOIN kine ON kine.id = (
    SELECT newest.id
    FROM kine newest FORCE INDEX (kine_name_id_index)
    WHERE newest.name = asked.name
    ORDER BY newest.id DESC
    LIMIT 1)`,
  namesThroughId,
  upToBytes,
  countsBytes: true,
};

/**
 * Recursion would find the next name by a walk over all: a subquery that depends on a row seeks for equality only. So this walks the index, which costs some 0.4 µs an
 * entry, and ends at the limit.
 */
function namesThroughId({ limited }: { readonly limited: boolean }): string {
  return `names(name, id) AS (
    SELECT kine.name, MAX(kine.id)
    FROM kine FORCE INDEX (kine_name_id_index)
    WHERE kine.name >= ? AND kine.name < ? AND kine.id <= ? AND kine.name <> '${compactMarkName}'
    GROUP BY kine.name
    ${limited ? 'HAVING (SELECT newest.deleted FROM kine newest WHERE newest.id = MAX(kine.id)) = 0 ORDER BY kine.name LIMIT ?4' : ''}
  )`;
}

/** The window is over numbers only, and over no more rows than asked for: values would go through a temporary file, and a window without a limit reads to the end. */
function upToBytes({ before, columns, bytes, from, orderColumn, place, joined }: BytesQuery): string {
  return `${before} SELECT ${columns.join(', ')}
  FROM (
    SELECT id
    FROM (
      SELECT id, SUM(bytes) OVER (ORDER BY place ROWS UNBOUNDED PRECEDING) - bytes AS bytes_before
      FROM (
        SELECT kine.id AS id, ${place} AS place, ${bytes} AS bytes
        ${from}
        ORDER BY ${place}
        LIMIT ?) page) counted
    WHERE bytes_before < ?) chosen
  STRAIGHT_JOIN kine ON kine.id = chosen.id
  ${joined}
  ORDER BY ${columns[orderColumn - 1]}`;
}
