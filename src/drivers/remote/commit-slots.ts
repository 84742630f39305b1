/** What a transaction of writes leaves in the database, so that it can be told whether it was committed when the answer was lost. */
import { randomBytes } from 'node:crypto';
import { listQuery, type Query, query } from '../../mvcc/program.ts';
import { COMMITTED_TOKEN, SET_COMMIT } from '../../sql/commit-statements.ts';
import type { Session } from './session.ts';

/** One transaction of writes: where it leaves its token. */
export interface CommitMark {
  readonly slot: bigint;
  readonly token: bigint;
}

/**
 * Slots of which each holds the token of the last transaction that used it. A slot is not used again before what became of its transaction is known. (Postgres's own
 * numbers of transactions would not do: those that a crash undid are given out again.)
 */
export class CommitSlots {
  readonly #free: bigint[] = [];

  take(): CommitMark {
    return { slot: this.#free.pop() ?? random63(), token: random63() };
  }

  giveBack({ slot }: CommitMark): void {
    this.#free.push(slot);
  }
}

/** Writes the mark, as part of its transaction. */
export function markQuery({ slot, token }: CommitMark, nowMs: number): Query {
  return listQuery(SET_COMMIT, [[slot, token, nowMs]]);
}

/** Whether a transaction was committed. The session holds the revision lock: the transaction has ended. */
export async function wasCommitted({ slot, token }: CommitMark, session: Session): Promise<boolean> {
  const [found] = await session.run([query(COMMITTED_TOKEN, slot)]);
  return found?.[0]?.[0] === token.toString();
}

function random63(): bigint {
  return randomBytes(8).readBigUInt64BE() >> 1n;
}
