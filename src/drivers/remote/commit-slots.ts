/** What a transaction of writes leaves in the database, so that it can be told whether it was committed. */
import { randomInt } from 'node:crypto';
import { decodedOne, insertQuery, type Query, query } from '../../mvcc/program.ts';
import type { Row } from '../../sql/statement.ts';
import { COMMITTED_TOKEN, SET_COMMIT } from '../../sql/statements/commit-statements.ts';
import type { CommitProof } from './session.ts';

/** One transaction of writes: the row of `tine_commit` that it writes, and what it writes there. */
export interface CommitMark {
  readonly slot: bigint;
  readonly token: bigint;
}

/**
 * Rows of `tine_commit`. Each holds the token of the last transaction that used it. A slot is used again only when the outcome of that transaction is known. (Postgres's
 * own transaction numbers would not do: those that a crash undid are given out again.)
 */
export class CommitSlots {
  readonly #free: bigint[] = [];

  take(): bigint {
    return this.#free.pop() ?? random63();
  }

  giveBack(slot: bigint): void {
    this.#free.push(slot);
  }
}

/** The mark of a new transaction. */
export function newMark(slot: bigint): CommitMark {
  return { slot, token: random63() };
}

/** Writes the mark, as part of its transaction. */
export function markQuery({ slot, token }: CommitMark, nowMs: number): Query {
  return insertQuery(SET_COMMIT, [{ slot, token, atMs: nowMs }]);
}

/** Reads the token of the last transaction that used the slot. */
export function tokenQuery(slot: bigint): Query {
  return query(COMMITTED_TOKEN, slot);
}

/** The token that `tokenQuery` found; undefined: none was ever committed there. */
export function tokenOf(found: readonly Row[] | undefined): bigint | undefined {
  const token = decodedOne(COMMITTED_TOKEN, found) ?? undefined;
  return token === undefined ? undefined : BigInt(token);
}

/** Shows after COMMIT that it was the transaction with this mark that was committed. */
export function proofOf({ slot, token }: CommitMark): CommitProof {
  return { query: tokenQuery(slot), holds: (found) => tokenOf(found) === token };
}

/** `randomInt` keeps random bytes in stock: asking the system for eight takes longer than all else that a mark costs. */
function random63(): bigint {
  return (BigInt(randomInt(2 ** 47)) << 16n) | BigInt(randomInt(2 ** 16));
}
