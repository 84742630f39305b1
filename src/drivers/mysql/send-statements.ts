import type { Connection, FieldPacket, ResultSetHeader, RowDataPacket } from 'mysql2';
import type { Value } from '../../sql/statement.ts';

/** What a statement comes back with: rows as arrays, or how many rows it changed. */
export type Answer = readonly (readonly Value[])[] | ResultSetHeader;

/** A statement's answer and the columns of its rows; undefined: it has no rows. */
export interface TimedAnswer {
  readonly answer: Answer;
  readonly columns: readonly FieldPacket[] | undefined;
  /** From the beginning of the answer before, or the question, to the beginning of this one. */
  readonly ms: number;
}

/** Sends statements, with `;` between them, in one way to the server; the answer of each. */
export function sendStatements(connection: Connection, sql: string): Promise<readonly TimedAnswer[]> {
  return new Promise((resolve, reject) => {
    const clock = new AnswerClock();
    const asked = connection.query<RowDataPacket[][] | ResultSetHeader>(
      { sql, rowsAsArray: true },
      (error, answer, columns) => {
        if (error !== null) reject(error);
        else resolve(answersOf(answer, columns, clock));
      },
    );
    asked.on('fields', () => clock.answerBegins());
  });
}

/** The server works on one statement after the other, and says what columns an answer has before its rows. */
class AnswerClock {
  readonly #ms: number[] = [];
  #lastMs = performance.now();

  answerBegins(): void {
    this.#ms.push(this.#sinceLast());
  }

  /** The rows of the last answer count for it. */
  end(): readonly number[] {
    const rest = this.#sinceLast();
    if (this.#ms.length > 0) this.#ms[this.#ms.length - 1] = (this.#ms.at(-1) as number) + rest;
    return this.#ms;
  }

  #sinceLast(): number {
    const nowMs = performance.now();
    const ms = nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    return ms;
  }
}

/** mysql2 hands over one answer as it is, and several as a list: their columns are then a list of lists. */
function answersOf(answer: unknown, columns: unknown, clock: AnswerClock): readonly TimedAnswer[] {
  const ms = clock.end();
  if (!isSeveral(answer, columns))
    return [{ answer: answer as Answer, columns: columns as TimedAnswer['columns'], ms: ms[0] ?? 0 }];
  return (answer as readonly Answer[]).map((each, index) => ({
    answer: each,
    columns: (columns as readonly TimedAnswer['columns'][])[index],
    ms: ms[index] ?? 0,
  }));
}

/** The columns of one answer are objects; where it has no rows they are undefined. */
function isSeveral(answer: unknown, columns: unknown): boolean {
  return Array.isArray(answer) && Array.isArray(columns) && (columns[0] === undefined || Array.isArray(columns[0]));
}
