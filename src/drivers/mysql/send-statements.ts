import type { Connection, FieldPacket, ResultSetHeader, RowDataPacket } from 'mysql2';
import type { Value } from '../../sql/statement.ts';

/** The reply to a statement: rows as arrays, or the number of changed rows. */
export type Reply = readonly (readonly Value[])[] | ResultSetHeader;

/** The reply to a statement with its time. */
export interface TimedReply {
  readonly reply: Reply;
  /** The columns of the rows. Undefined: the reply has no rows. */
  readonly columns: readonly FieldPacket[] | undefined;
  /**
   * The time from the start of the previous reply, or from the request, to the start of this reply.
   */
  readonly ms: number;
}

/** Sends statements, separated by `;`, in one round trip. Returns the reply to each. */
export function sendStatements(connection: Connection, sql: string): Promise<readonly TimedReply[]> {
  return new Promise((resolve, reject) => {
    const clock = new ReplyClock();
    const query = connection.query<RowDataPacket[][] | ResultSetHeader>(
      { sql, rowsAsArray: true },
      (error, reply, columns) => {
        if (error !== null) reject(error);
        else resolve(timedReplies(reply, columns, clock));
      },
    );
    query.on('fields', () => clock.replyBegins());
  });
}

/**
 * Measures the time of each statement. The server runs one statement after the other, and sends the
 * columns of a reply before its rows.
 */
class ReplyClock {
  readonly #ms: number[] = [];
  #lastMs = performance.now();

  replyBegins(): void {
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
function timedReplies(reply: unknown, columns: unknown, clock: ReplyClock): readonly TimedReply[] {
  const ms = clock.end();
  if (!isSeveral(reply, columns))
    return [{ reply: reply as Reply, columns: columns as TimedReply['columns'], ms: ms[0] ?? 0 }];
  return (reply as readonly Reply[]).map((each, index) => ({
    reply: each,
    columns: (columns as readonly TimedReply['columns'][])[index],
    ms: ms[index] ?? 0,
  }));
}

/** The columns of a single reply are objects, or undefined if it has no rows. */
function isSeveral(reply: unknown, columns: unknown): boolean {
  return Array.isArray(reply) && Array.isArray(columns) && (columns[0] === undefined || Array.isArray(columns[0]));
}
