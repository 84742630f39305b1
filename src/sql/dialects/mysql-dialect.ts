/** The words of MySQL and MariaDB. */

import { compactMarkName } from '../key-text.ts';
import type { BytesQuery, Dialect } from './dialect.ts';

/**
 * The client writes parameters into the text. `?` is the next one, `?4` the fourth; a list stands as `a, b` for `?list`, as `(a, b), (c, d)` for `?rows`, and as the
 * rows of a table with a column `name` for `?names`. Names are bytes to the server: each collation for text that both MySQL and MariaDB have takes `a` and `a ` for one.
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
    // Short bytes are names to the driver. This has the type of long ones.
    bytesOf: (column) => `COALESCE(${column}, RPAD(X'', 70000, X'00'))`,
    // Not every version searches in bytes, nor knows escapes.
    isForeign: (column) => `HEX(${column}) REGEXP '^(..)*(0[01]|7F|[89A-F].)'`,
    greatest: (first, second) => `GREATEST(${first}, ${second})`,
    unindexed: (column) => `CONCAT(${column}, '')`,
    concatenated: (column, orderedBy) => `GROUP_CONCAT(${column} ORDER BY ${orderedBy} SEPARATOR '')`,
  },
  kine: {
    joinRow: (id) => `STRAIGHT_JOIN kine ON kine.id = ${id}`,
    leftJoinRow: (name, id, condition) => `LEFT JOIN kine ${name} ON ${name}.id = ${id} AND ${condition}`,
    // MySQL would run the subquery anew for each row that it is compared with: 14 s for the 3,000 rows of a name. MariaDB, which remembers its result, has no such tables.
    rowsAfter: (
      name,
      id,
      condition,
    ) => `FROM ${onMysql(`(SELECT COALESCE((${id}), 0) AS id) after STRAIGHT_JOIN`)} kine ${name}
      WHERE ${condition} AND ${name}.id > ${onMysql('after.id')}${onMariadb(`COALESCE((${id}), 0)`)}`,
    // A probe a name. MAX(id) ... GROUP BY name reads all rows of each; so does MySQL where the order does not begin with the name, and MariaDB where it does.
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

/** Text for MySQL alone, from 8.0.14 on. To MariaDB it is a comment. */
function onMysql(text: string): string {
  return `/*!80014 ${text} */`;
}

/** Text for MariaDB alone. To MySQL it is a comment. */
function onMariadb(text: string): string {
  return `/*M! ${text} */`;
}

/** Longer values stay behind when rows up to a number of bytes are read: 4,096 rows then bring 32 MiB at most. */
export const heldBackBytesMin = 8 * 1_024;

/** Whether a column of such a query is a value: it may stay behind. */
export function isValueColumn(column: string): boolean {
  return column.endsWith('.value');
}

/**
 * The rows are counted by the client: a window over sums goes through temporary tables, which take as long as the rows. So it gets the short values along with the
 * lengths of all, which stand after the columns, and asks for those long ones that it wants.
 */
function upToBytes({ before, columns, from, place }: BytesQuery): string {
  const selected = columns.map((column) =>
    isValueColumn(column) ? `IF(LENGTH(${column}) < ${heldBackBytesMin}, ${column}, NULL)` : column,
  );
  const lengths = columns.filter(isValueColumn).map((column) => `COALESCE(LENGTH(${column}), 0)`);
  return `${before} SELECT ${[...selected, ...lengths].join(', ')}
  ${from}
  ORDER BY ${place}
  LIMIT ?`;
}
