/** Decodes rows: names as text, all other bytes as bytes. */
import mysql from 'mysql2';
import type { Row } from '../../sql/statement.ts';
import type { TimedReply } from './send-statements.ts';

/** MySQL's number of the binary character set. */
const binary = 63;

/**
 * The rows of a statement that selects. To the server, names are short bytes; columns of blobs have
 * another type.
 */
export function rowsOf({ reply, columns }: TimedReply): readonly Row[] {
  const rows = reply as readonly Row[];
  const names = nameColumns(columns ?? []);
  if (names.length > 0) for (const row of rows) decodeNames(row as unknown[], names);
  return rows;
}

function nameColumns(columns: NonNullable<TimedReply['columns']>): readonly number[] {
  const found: number[] = [];
  for (const [index, { columnType, characterSet }] of columns.entries()) {
    if (characterSet === binary && (columnType === mysql.Types.VAR_STRING || columnType === mysql.Types.STRING))
      found.push(index);
  }
  return found;
}

function decodeNames(row: unknown[], columns: readonly number[]): void {
  for (const column of columns) {
    const value = row[column];
    if (value instanceof Buffer) row[column] = value.toString('latin1');
  }
}
