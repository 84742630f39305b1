/**
 * Commits the writes of a program once, also when the outcome of a commit is unknown: the
 * connection was lost before the reply, or a cluster refused the commit. The next attempt then
 * reads under the revision lock whether an earlier attempt was committed. docs/adr/010-galera.md
 * has the argument.
 */

import { setTimeout as pause } from 'node:timers/promises';
import { DriverError } from '../../errors.ts';
import { within } from '../../kit/within.ts';
import { limits } from '../../limits.ts';
import type { Program, Query } from '../../mvcc/program.ts';
import {
  type CommitMark,
  type CommitSlot,
  type CommitSlots,
  markQuery,
  mustExist,
  newMark,
  proofOf,
  tokenOf,
  tokenQuery,
} from './commit-slots.ts';
import { remoteLimits } from './remote-limits.ts';
import { isLostWithoutEffect, OutcomeUnknown, TransactionConflict } from './retry.ts';
import { CommitInDoubt, type CommitProof } from './session.ts';

/** How one attempt begins, and how its commit is proved. */
export interface AttemptTransaction {
  readonly first: readonly Query[];
  readonly proof: CommitProof;
}

export interface OnceOptions<Result> {
  readonly slots: CommitSlots;
  nowMs(): number;
  /**
   * Commits a guarded write, which needs no read. Undefined: it had no effect. It writes the mark
   * too.
   */
  writeGuarded?(mark: Query): Promise<Result | undefined>;
  /** Starts the program again, for each attempt. */
  program(): Program<Result>;
  /** Runs a program in a transaction of writes and commits it. */
  transact<Value>(transaction: AttemptTransaction, program: Program<Value>): Promise<Value>;
  /** Called with the outcome of a write whose commit was not answered. */
  onDoubtEnd(outcome: 'committed' | 'undone' | 'unknown'): void;
}

/**
 * How an attempt ended. `done`: it did the work. `found`: an earlier attempt had done it.
 * `refused`: no earlier attempt had done it, and the work is larger than the database accepts.
 */
type Outcome<Result> =
  | { readonly kind: 'done' | 'found'; readonly result: Result }
  | { readonly kind: 'refused'; readonly refusal: DriverError };

/** An attempt whose commit is in doubt. */
interface Doubt<Result> {
  readonly token: bigint;
  /** The outcome if the commit was made. */
  readonly outcome: Outcome<Result>;
  /** True: the reply was lost. False: a cluster refused the commit. */
  readonly isLoss: boolean;
}

/**
 * @throws OutcomeUnknown if the outcome cannot be determined while the client waits; the error of
 * `transact` if certainly nothing was committed.
 */
export async function commitOnce<Result>(options: OnceOptions<Result>): Promise<Result> {
  const { slots, onDoubtEnd } = options;
  const slot = slots.take();
  const doubts: Doubt<Result>[] = [];
  const retries = new Retries();
  let refusal: DriverError | undefined;
  for (let isFirst = true; ; isFirst = false) {
    const mark = newMark(slot);
    let outcome: Outcome<Result>;
    try {
      const done = isFirst ? await attemptGuarded(options, mark) : undefined;
      outcome = done ?? (await withinDoubt(attempt(options, mark, { slot, doubts, refusal }), doubts, retries));
    } catch (error) {
      if (error instanceof CommitInDoubt) {
        refusal ??= refusalOf(error);
        doubts.push({ token: mark.token, outcome: error.result as Outcome<Result>, isLoss: isLoss(error) });
      }
      const pauseMs = retries.pauseMsAfter(error, doubts.length > 0);
      if (pauseMs === undefined) {
        // A transaction that is still under way may write to a slot in doubt, so the slot is not
        // used again.
        if (doubts.length === 0) slots.giveBack(slot);
        if (hasLoss(doubts)) onDoubtEnd('unknown');
        throw doubts.length > 0 && error instanceof DriverError ? asUnknown(error) : error;
      }
      if (pauseMs > 0) await pause(pauseMs);
      continue;
    }
    if (hasLoss(doubts)) onDoubtEnd(outcome.kind === 'found' ? 'committed' : 'undone');
    slot.storedAtMs = performance.now();
    slots.giveBack(slot);
    if (outcome.kind === 'refused') throw outcome.refusal;
    return outcome.result;
  }
}

function asUnknown(error: DriverError): OutcomeUnknown {
  return error instanceof OutcomeUnknown ? error : new OutcomeUnknown(error);
}

/** The refusal of a commit that is larger than the database accepts. */
function refusalOf({ cause }: CommitInDoubt): DriverError | undefined {
  return cause instanceof DriverError && cause.kind === 'tooLarge' ? cause : undefined;
}

function isLoss(doubt: CommitInDoubt): boolean {
  return !(doubt.cause instanceof TransactionConflict) && refusalOf(doubt) === undefined;
}

function hasLoss(doubts: readonly Doubt<unknown>[]): boolean {
  return doubts.some(({ isLoss }) => isLoss);
}

async function attemptGuarded<Result>(
  { writeGuarded, nowMs }: OnceOptions<Result>,
  mark: CommitMark,
): Promise<Outcome<Result> | undefined> {
  const outcome = (result: Result): Outcome<Result> => ({ kind: 'done', result });
  try {
    const result = await writeGuarded?.(markQuery(mark, nowMs()));
    return result === undefined ? undefined : outcome(result);
  } catch (error) {
    if (error instanceof CommitInDoubt) error.result = outcome(error.result as Result);
    throw error;
  }
}

/** What the attempts before have left. */
interface Earlier<Result> {
  readonly slot: CommitSlot;
  readonly doubts: readonly Doubt<Result>[];
  /** Their work is larger than the database accepts, so it is not done again. */
  readonly refusal: DriverError | undefined;
}

function attempt<Result>(
  { nowMs, program, transact }: OnceOptions<Result>,
  mark: CommitMark,
  earlier: Earlier<Result>,
): Promise<Outcome<Result>> {
  const leave = markQuery(mark, nowMs());
  const proof = proofOf(mark);
  if (earlier.doubts.length === 0) return transact({ first: [leave], proof }, withOutcome(program()));
  return transact({ first: [], proof }, unlessCommitted(program(), { leave, ...earlier }));
}

function* withOutcome<Result>(program: Program<Result>): Program<Outcome<Result>> {
  return { kind: 'done', result: yield* program };
}

/**
 * Runs the program unless an earlier attempt was committed. The finding counts only when this
 * transaction is committed too. It is then as durable as any transaction, also on a synchronous
 * standby.
 */
function* unlessCommitted<Result>(
  program: Program<Result>,
  { slot, leave, doubts, refusal }: Earlier<Result> & { readonly leave: Query },
): Program<Outcome<Result>> {
  const [found] = yield [tokenQuery(slot.number), leave];
  const token = tokenOf(found);
  if (token === undefined && mustExist(slot))
    throw new OutcomeUnknown(new DriverError('other', 'the record of the commit was removed'));
  const committed = doubts.find((doubt) => doubt.token === token)?.outcome;
  if (committed !== undefined) return committed.kind === 'refused' ? committed : { ...committed, kind: 'found' };
  return refusal === undefined ? yield* withOutcome(program) : { kind: 'refused', refusal };
}

/**
 * Bounds the wait of a client while a commit is in doubt. The attempt under way continues and may
 * be committed, with a mark that no other attempt looks for. Therefore no attempt may follow it.
 */
async function withinDoubt<Result>(
  running: Promise<Result>,
  doubts: readonly unknown[],
  retries: Retries,
): Promise<Result> {
  if (doubts.length === 0) return running;
  return within(Math.max(0, retries.deadlineMs - performance.now()), running, () => {
    retries.end();
    throw new DriverError('lost', 'the database did not answer in time');
  });
}

/** Decides whether and when another attempt is made. */
class Retries {
  readonly deadlineMs = performance.now() + remoteLimits.doubtMsMax;
  readonly #lossesEndMs = performance.now() + remoteLimits.retryWithinMs;
  #lossCount = 0;
  #conflictCount = 0;
  #isOver = false;

  /** Ends all attempts, whatever the clock shows: timers fire up to 1 ms early. */
  end(): void {
    this.#isOver = true;
  }

  /** The pause before the next attempt. Undefined: there is no next attempt. */
  pauseMsAfter(error: unknown, isDoubtful: boolean): number | undefined {
    const cause = error instanceof CommitInDoubt ? error.cause : error;
    if (!(cause instanceof DriverError) || this.#isOver || performance.now() >= this.deadlineMs) return undefined;
    if (cause instanceof OutcomeUnknown) return undefined;
    if (cause instanceof TransactionConflict) return conflictPauseMs(this.#conflictCount++);
    const count = this.#lossCount++;
    if (isDoubtful) return count === 0 ? 0 : limits.reconnectPauseMs;
    return isLostWithoutEffect(cause) && count === 0 && performance.now() < this.#lossesEndMs ? 0 : undefined;
  }
}

/**
 * A random pause. Instances that write through several nodes of a cluster conflict again and again
 * unless their pauses differ.
 */
export function conflictPauseMs(count: number): number {
  if (count === 0) return 0;
  return Math.random() * Math.min(2 ** count, remoteLimits.conflictPauseMsMax);
}
