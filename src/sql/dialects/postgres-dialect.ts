/** The dialect of Postgres. */
import { countedBytes } from './counted-bytes.ts';
import { type ColumnType, changeOnConflict, type Dialect, rowsAfterSubquery } from './dialect.ts';

const arrayOf: Record<Exclude<ColumnType, 'bytes'>, string> = { text: 'text[]', integer: 'bigint[]' };

/**
 * A list is sent as one array for each column. Bytes are sent joined, with an array of starts and
 * an array of lengths, because arrays of bytes would be sent as slow text.
 */
export const postgresDialect: Dialect = {
  parameter: {
    text: 'CAST(? AS text)',
    integer: 'CAST(? AS bigint)',
    bytes: 'CAST(? AS bytea)',
    textOfBytes: "convert_from(CAST(? AS bytea), 'UTF8')",
    byNumber: undefined,
  },
  list: {
    contains: (column, type) => `${column} = ANY(CAST(? AS ${type === 'text' ? 'text[]' : 'bigint[]'}))`,
    inserted: insertedList,
  },
  expression: {
    noBytes: "''::bytea",
    asText: (expression) => `CAST(${expression} AS text)`,
    // pg reads columns as text only. Base64 is a third shorter than Postgres's hexadecimal form,
    // and decoding is five times as fast. The driver recognizes it by its type.
    selectedBytes: (expression) => `CAST(encode(${expression}, 'base64') AS varchar)`,
    bytesOf: (column) => `convert_to(${column}, 'UTF8')`,
    isForeign: (column) => `${column} ~ '[^\\x02-\\x7e]'`,
    greatest: (first, second) => `GREATEST(${first}, ${second})`,
    unindexed: (column) => `(${column} || '')`,
    concatenated: (column, orderedBy) => `string_agg(${column}, ''::bytea ORDER BY ${orderedBy})`,
  },
  kine: {
    // LIMIT prevents another plan: a plan made for an empty table compares every pair of rows once
    // the table is full.
    joinRow: (id) => `CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = ${id} LIMIT 1) kine`,
    leftJoinRow: (name, id, condition) =>
      `LEFT JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = ${id} LIMIT 1) ${name} ON ${condition}`,
    rowsAfter: rowsAfterSubquery,
    newestOfNames: `unnest(CAST(? AS text[])) AS asked(name)
  CROSS JOIN LATERAL (
    SELECT *
    FROM kine
    WHERE kine.name = asked.name
    ORDER BY kine.id DESC
    LIMIT 1) kine`,
    foldsCase: false,
  },
  change: changeOnConflict,
  upToBytes: countedBytes,
};

/** The dialect of statements whose rows are sent in binary. */
export const postgresBinaryDialect: Dialect = {
  ...postgresDialect,
  expression: { ...postgresDialect.expression, selectedBytes: (expression) => expression },
};

function insertedList(columns: readonly ColumnType[]): string {
  const plain = columns.filter((type) => type !== 'bytes');
  const arrays = plain.map((type) => `CAST(? AS ${arrayOf[type]})`);
  if (plain.length === columns.length) return `SELECT * FROM unnest(${arrays.join(', ')})`;
  const names = plain.map((_type, index) => `c${index + 1}`);
  let next = 0;
  const selected = columns.map((type) => (type === 'bytes' ? piece : `list.${names[next++]}`));
  return `SELECT ${selected.join(', ')}
  FROM unnest(${arrays.join(', ')}, CAST(? AS integer[]), CAST(? AS integer[])) AS list(${names.join(', ')}, start, length),
    (SELECT CAST(? AS bytea) AS bytes) whole`;
}

/** The bytes of one row. A row without bytes has length NULL. */
const piece = 'substring(whole.bytes FROM list.start FOR list.length)';
