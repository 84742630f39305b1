import type { Connection, FieldPacket, ResultSetHeader, RowDataPacket } from 'mysql2';
import type { Value } from '../../sql/statement.ts';

/** The reply to a statement: rows as arrays, or the number of changed rows. */
export type Answer = readonly (readonly Value[])[] | ResultSetHeader;

/** The reply to a statement with its time. */
export interface TimedAnswer {
  readonly answer: Answer;
  /** The columns of the rows. Undefined: the reply has no rows. */
  readonly columns: readonly FieldPacket[] | undefined;
  /**
   * The time from the start of the previous reply, or from the request, to the start of this reply.
   */
  readonly ms: number;
}

/** Sends statements, separated by `;`, in one round trip. Returns the reply to each. */
export function sendStatements(connection: Connection, sql: string): Promise<readonly TimedAnswer[]> {
  return new Promise((resolve, reject) => {
    const clock = new AnswerClock();
    const query = connection.query<RowDataPacket[][] | ResultSetHeader>(
      { sql, rowsAsArray: true },
      (error, answer, columns) => {
        if (error !== null) reject(error);
        else resolve(timedAnswers(answer, columns, clock));
      },
    );
    query.on('fields', () => clock.answerBegins());
  });
}

/**
 * Measures the time of each statement. The server runs one statement after the other, and sends the
 * columns of a reply before its rows.
 */
class AnswerClock {
  readonly #ms: number[] = [];
  #lastMs = performance.now();

  answerBegins(): void {
    this.#ms.push(this.#sinceLast());
  }

  /** Ends the measurement. The rows of the last reply count for it. */
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

/**
 * mysql2 returns a single reply as it is, and several replies as a list, with a list of lists for
 * their columns.
 */
function timedAnswers(answer: unknown, columns: unknown, clock: AnswerClock): readonly TimedAnswer[] {
  const ms = clock.end();
  if (!isSeveral(answer, columns))
    return [{ answer: answer as Answer, columns: columns as TimedAnswer['columns'], ms: ms[0] ?? 0 }];
  return (answer as readonly Answer[]).map((each, index) => ({
    answer: each,
    columns: (columns as readonly TimedAnswer['columns'][])[index],
    ms: ms[index] ?? 0,
  }));
}

/** The columns of a single reply are objects, or undefined if it has no rows. */
function isSeveral(answer: unknown, columns: unknown): boolean {
  return Array.isArray(answer) && Array.isArray(columns) && (columns[0] === undefined || Array.isArray(columns[0]));
}
