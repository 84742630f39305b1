/** The dialect of MySQL and MariaDB. */

import { compactMarkName } from '../key-text.ts';
import type { BytesQuery, Dialect } from './dialect.ts';

/**
 * The driver writes parameters into the text. `?` is the next parameter, `?4` the fourth. A list
 * replaces `?list` as `a, b`, `?rows` as `(a, b), (c, d)`, and `?names` as a table with a column
 * `name`. Names are stored as bytes: every text collation that both MySQL and MariaDB have treats
 * `a` and `a ` as equal.
 */
export const mysqlDialect: Dialect = {
  parameter: {
    text: '?',
    integer: '?',
    bytes: '?',
    textOfBytes: '?',
    byNumber: (number) => `?${number}`,
  },
  list: {
    contains: (column) => `${column} IN (?list)`,
    inserted: () => 'VALUES ?rows',
  },
  expression: {
    noBytes: "X''",
    asText: (expression) => `CAST(${expression} AS CHAR)`,
    selectedBytes: (expression) => expression,
    // The driver reads short bytes as names. This expression has the type of long bytes.
    bytesOf: (column) => `COALESCE(${column}, RPAD(X'', 70000, X'00'))`,
    // Not every version can search in bytes or supports escapes in patterns.
    isForeign: (column) => `HEX(${column}) REGEXP '^(..)*(0[01]|7F|[89A-F].)'`,
    greatest: (first, second) => `GREATEST(${first}, ${second})`,
    unindexed: (column) => `CONCAT(${column}, '')`,
    concatenated: (column, orderedBy) => `GROUP_CONCAT(${column} ORDER BY ${orderedBy} SEPARATOR '')`,
  },
  kine: {
    joinRow: (id) => `STRAIGHT_JOIN kine ON kine.id = ${id}`,
    leftJoinRow: (name, id, condition) => `LEFT JOIN kine ${name} ON ${name}.id = ${id} AND ${condition}`,
    // MySQL would run a subquery again for each compared row: 14 s for the 3,000 rows of one name.
    // MariaDB caches the result of the subquery, but does not support this join.
    rowsAfter: (
      name,
      id,
      condition,
    ) => `FROM ${onMysql(`(SELECT COALESCE((${id}), 0) AS id) after STRAIGHT_JOIN`)} kine ${name}
      WHERE ${condition} AND ${name}.id > ${onMysql('after.id')}${onMariadb(`COALESCE((${id}), 0)`)}`,
    // One look-up for each name. MAX(id) ... GROUP BY name reads all rows of a name. MySQL also
    // reads all of them if ORDER BY does not begin with the name, and MariaDB if it does.
    newestOfNames: `(?names) asked
  STRAIGHT_JOIN kine ON kine.id = (
    SELECT newest.id
    FROM kine newest FORCE INDEX (kine_name_id_index)
    WHERE newest.name = asked.name
    ORDER BY ${onMysql('newest.name DESC,')} newest.id DESC
    LIMIT 1)`,
    namesThroughId,
    foldsCase: true,
  },
  change: {
    overwrite: (_key, columns) =>
      `ON DUPLICATE KEY UPDATE ${columns.map((column) => `${column} = VALUES(${column})`).join(', ')}`,
    deleteNamed: (table, names) => `DELETE ${table}
  FROM (${names}) found
  STRAIGHT_JOIN ${table} ON ${table}.name = found.name`,
  },
  upToBytes,
};

/**
 * Walks the index, which costs about 0.4 µs an entry, and ends at the limit. Recursion would scan
 * all names to find the next one, because a subquery that depends on a row seeks only for equality.
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

/** Text for MySQL 8.0.14 and later. MariaDB reads it as a comment. */
function onMysql(text: string): string {
  return `/*!80014 ${text} */`;
}

/** Text for MariaDB. MySQL reads it as a comment. */
function onMariadb(text: string): string {
  return `/*M! ${text} */`;
}

/**
 * Values of this length and more are held back when rows up to a number of bytes are read. So 4,096
 * rows have at most 32 MiB of values.
 */
export const heldBackBytesMin = 8 * 1_024;

/** Whether a column is a value, which may be held back. */
export function isValueColumn(column: string): boolean {
  return column.endsWith('.value');
}

/**
 * The client counts the bytes, because a window function uses temporary tables, which take as long
 * as reading the rows. The query returns short values, and the lengths of all values after the
 * columns. The client then reads the long values that it needs.
 */
function upToBytes({ before, columns, from, orderedBy }: BytesQuery): string {
  const selected = columns.map((column) =>
    isValueColumn(column) ? `IF(LENGTH(${column}) < ${heldBackBytesMin}, ${column}, NULL)` : column,
  );
  const lengths = columns.filter(isValueColumn).map((column) => `COALESCE(LENGTH(${column}), 0)`);
  return `${before} SELECT ${[...selected, ...lengths].join(', ')}
  ${from}
  ORDER BY ${orderedBy}
  LIMIT ?`;
}
