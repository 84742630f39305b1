/**
 * The mark of a transaction of writes in the database. It shows later whether the transaction was
 * committed.
 */
import { randomInt } from 'node:crypto';
import { limits } from '../../limits.ts';
import { decodedOne, insertQuery, type Query, query } from '../../mvcc/program.ts';
import type { Row } from '../../sql/statement.ts';
import { COMMITTED_TOKEN, SET_COMMIT } from '../../sql/statements/commit-statements.ts';
import type { CommitProof } from './session.ts';

/** The mark of one transaction: the row of `tine_commit` that it writes, and the value in it. */
export interface CommitMark {
  readonly slot: bigint;
  readonly token: bigint;
}

/** A row of `tine_commit`, as this instance uses it. */
export interface CommitSlot {
  readonly number: bigint;
  /**
   * When the row was last known to exist, in ms of the monotonic clock. Undefined: it was never
   * known.
   */
  storedAtMs: number | undefined;
}

/**
 * The rows of `tine_commit`. Each row stores the token of the last transaction that used it. A slot
 * is reused only when the outcome of that transaction is known. Postgres's own transaction numbers
 * do not serve: numbers that a crash undid are assigned again.
 */
export class CommitSlots {
  readonly #free: CommitSlot[] = [];

  take(): CommitSlot {
    return this.#free.pop() ?? { number: random63(), storedAtMs: undefined };
  }

  giveBack(slot: CommitSlot): void {
    this.#free.push(slot);
  }
}

/**
 * Whether the row of a slot must exist. Rows that were not used for `memberForgottenAfterMs` are
 * removed, by the clock of the database. This clock may be set, and a host of a list may have
 * another one, so a row that is in use may be removed too.
 */
export function mustExist({ storedAtMs }: CommitSlot): boolean {
  return storedAtMs !== undefined && performance.now() - storedAtMs < limits.memberForgottenAfterMs / 2;
}

/** Creates the mark of a new transaction. */
export function newMark({ number: slot }: CommitSlot): CommitMark {
  return { slot, token: random63() };
}

/** The query that writes the mark, as part of its transaction. */
export function markQuery({ slot, token }: CommitMark, nowMs: number): Query {
  return insertQuery(SET_COMMIT, [{ slot, token, atMs: nowMs }]);
}

/** The query that reads the token of the last transaction that used the slot. */
export function tokenQuery(slot: bigint): Query {
  return query(COMMITTED_TOKEN, slot);
}

/** The token that `tokenQuery` found. Undefined: no transaction was committed with this slot. */
export function tokenOf(found: readonly Row[] | undefined): bigint | undefined {
  const token = decodedOne(COMMITTED_TOKEN, found) ?? undefined;
  return token === undefined ? undefined : BigInt(token);
}

/** Proves after COMMIT that the transaction with this mark was the committed one. */
export function proofOf({ slot, token }: CommitMark): CommitProof {
  return { query: tokenQuery(slot), holds: (found) => tokenOf(found) === token };
}

/**
 * A random number of 63 bits. `randomInt` draws from a buffer; a system call for 8 bytes takes
 * longer than the rest of a mark.
 */
function random63(): bigint {
  return (BigInt(randomInt(2 ** 47)) << 16n) | BigInt(randomInt(2 ** 16));
}
