import type { Connection, FieldPacket, ResultSetHeader, RowDataPacket } from 'mysql2';
import type { Value } from '../../sql/statement.ts';

/** What a statement comes back with: rows as arrays, or how many rows it changed. */
export type Answer = readonly (readonly Value[])[] | ResultSetHeader;

/** A statement's answer and the columns of its rows; undefined: it has no rows. */
export interface Answered {
  readonly answer: Answer;
  readonly columns: readonly FieldPacket[] | undefined;
}

/** Sends statements, with `;` between them, in one way to the server; the answer of each. */
export function ask(connection: Connection, sql: string): Promise<readonly Answered[]> {
  return new Promise((resolve, reject) => {
    connection.query<RowDataPacket[][] | ResultSetHeader>({ sql, rowsAsArray: true }, (error, answer, columns) => {
      if (error !== null) reject(error);
      else resolve(answersOf(answer, columns));
    });
  });
}

/** mysql2 hands over one answer as it is, and several as a list: their columns are then a list of lists. */
function answersOf(answer: unknown, columns: unknown): readonly Answered[] {
  if (!isSeveral(answer, columns)) return [{ answer: answer as Answer, columns: columns as Answered['columns'] }];
  return (answer as readonly Answer[]).map((each, index) => ({
    answer: each,
    columns: (columns as readonly Answered['columns'][])[index],
  }));
}

/** The columns of one answer are objects; where it has no rows they are undefined. */
function isSeveral(answer: unknown, columns: unknown): boolean {
  return Array.isArray(answer) && Array.isArray(columns) && (columns[0] === undefined || Array.isArray(columns[0]));
}
