/**
 * Commits the writes of a program once, also when the outcome of a commit is unknown: the connection was lost before the answer, or a cluster refused the commit.
 * Another attempt then reads under the revision lock whether an earlier one was committed (docs/adr/010-clusters.md has the argument).
 */
import { setTimeout as pause } from 'node:timers/promises';
import { DriverError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import type { Program, Query } from '../../mvcc/program.ts';
import { type CommitMark, type CommitSlots, markQuery, newMark, proofOf, tokenOf, tokenQuery } from './commit-slots.ts';
import { remoteLimits } from './remote-limits.ts';
import { isLost, OutcomeUnknown, TransactionConflict } from './retry.ts';
import { CommitInDoubt, type CommitProof } from './session.ts';

/** How one attempt begins and is proved. */
export interface AttemptTransaction {
  readonly first: readonly Query[];
  readonly proof: CommitProof;
}

export interface OnceOptions<Result> {
  readonly slots: CommitSlots;
  nowMs(): number;
  /** Does the work without a read where it can; undefined: it did nothing. It leaves the mark. */
  writeGuarded?(mark: Query): Promise<Result | undefined>;
  /** A new run of the program, for each attempt. */
  program(): Program<Result>;
  /** Runs a program in a transaction of writes and commits it. */
  transact<Value>(transaction: AttemptTransaction, program: Program<Value>): Promise<Value>;
  /** The outcome of a write whose commit was not answered. */
  onDoubtEnd(outcome: 'committed' | 'undone' | 'unknown'): void;
}

/** What an attempt came to: it did the work, or found that an earlier attempt had. */
interface Outcome<Result> {
  readonly result: Result;
  readonly wasCommitted: boolean;
}

/** An attempt whose commit may or may not have been made. */
interface Doubt<Result> {
  readonly token: bigint;
  /** Counts if the commit was made. */
  readonly result: Result;
  /** The answer was lost. Otherwise a cluster refused the commit. */
  readonly isLoss: boolean;
}

/**
 * @throws OutcomeUnknown when the outcome cannot be found out for as long as a client waits; what `transact` throws when certainly nothing was committed.
 */
export async function commitOnce<Result>(options: OnceOptions<Result>): Promise<Result> {
  const { slots, onDoubtEnd } = options;
  const slot = slots.take();
  const doubts: Doubt<Result>[] = [];
  const retries = new Retries();
  for (let isFirst = true; ; isFirst = false) {
    const mark = newMark(slot);
    try {
      const done = isFirst ? await attemptGuarded(options, mark) : undefined;
      const { result, wasCommitted } = done ?? (await withinDoubt(attempt(options, mark, doubts), doubts, retries));
      if (hasLoss(doubts)) onDoubtEnd(wasCommitted ? 'committed' : 'undone');
      slots.giveBack(slot);
      return result;
    } catch (error) {
      if (error instanceof CommitInDoubt) {
        const { result } = error.result as Outcome<Result>;
        doubts.push({ token: mark.token, result, isLoss: !(error.cause instanceof TransactionConflict) });
      }
      const pauseMs = retries.pauseMsAfter(error, doubts.length > 0);
      if (pauseMs === undefined) {
        // A transaction that is still under way may write to a slot in doubt: it is not used again.
        if (doubts.length === 0) slots.giveBack(slot);
        if (hasLoss(doubts)) onDoubtEnd('unknown');
        throw doubts.length > 0 && error instanceof DriverError ? new OutcomeUnknown(error) : error;
      }
      if (pauseMs > 0) await pause(pauseMs);
    }
  }
}

function hasLoss(doubts: readonly Doubt<unknown>[]): boolean {
  return doubts.some(({ isLoss }) => isLoss);
}

async function attemptGuarded<Result>(
  { writeGuarded, nowMs }: OnceOptions<Result>,
  mark: CommitMark,
): Promise<Outcome<Result> | undefined> {
  const outcome = (result: Result): Outcome<Result> => ({ result, wasCommitted: false });
  try {
    const result = await writeGuarded?.(markQuery(mark, nowMs()));
    return result === undefined ? undefined : outcome(result);
  } catch (error) {
    if (error instanceof CommitInDoubt) error.result = outcome(error.result as Result);
    throw error;
  }
}

function attempt<Result>(
  { nowMs, program, transact }: OnceOptions<Result>,
  mark: CommitMark,
  doubts: readonly Doubt<Result>[],
): Promise<Outcome<Result>> {
  const leave = markQuery(mark, nowMs());
  const proof = proofOf(mark);
  if (doubts.length === 0) return transact({ first: [leave], proof }, withOutcome(program()));
  return transact({ first: [], proof }, unlessCommitted(program(), { slot: mark.slot, leave, doubts }));
}

function* withOutcome<Result>(program: Program<Result>): Program<Outcome<Result>> {
  return { result: yield* program, wasCommitted: false };
}

/**
 * Runs the program unless an earlier attempt was committed. What was found counts when this transaction is committed too: it is then as durable as any, on a synchronous
 * standby as well.
 */
function* unlessCommitted<Result>(
  program: Program<Result>,
  { slot, leave, doubts }: { slot: bigint; leave: Query; doubts: readonly Doubt<Result>[] },
): Program<Outcome<Result>> {
  const [found] = yield [tokenQuery(slot), leave];
  const token = tokenOf(found);
  const committed = doubts.find((doubt) => doubt.token === token);
  return committed === undefined ? yield* withOutcome(program) : { result: committed.result, wasCommitted: true };
}

/**
 * While a commit is in doubt a client is answered in time, even if the attempt under way is not. That attempt goes on and may be committed, with a mark that no other attempt looks for:
 * so there must not be another.
 */
async function withinDoubt<Result>(
  running: Promise<Result>,
  doubts: readonly unknown[],
  retries: Retries,
): Promise<Result> {
  if (doubts.length === 0) return running;
  running.catch(() => {});
  const timer = new AbortController();
  const leftMs = Math.max(0, retries.deadlineMs - performance.now());
  const tooLate = pause(leftMs, undefined, { signal: timer.signal }).then(() => {
    retries.end();
    throw new DriverError('lost', 'the database did not answer in time');
  });
  try {
    return await Promise.race([running, tooLate]);
  } finally {
    tooLate.catch(() => {});
    timer.abort();
  }
}

/** Whether and when another attempt is made. */
class Retries {
  readonly deadlineMs = performance.now() + remoteLimits.doubtMsMax;
  readonly #lossesEndMs = performance.now() + remoteLimits.retryWithinMs;
  #lossCount = 0;
  #conflictCount = 0;
  #isOver = false;

  /** No further attempt is made, whatever the clock says: timers fire up to a millisecond early. */
  end(): void {
    this.#isOver = true;
  }

  /** Undefined: none is made. */
  pauseMsAfter(error: unknown, isDoubtful: boolean): number | undefined {
    const cause = error instanceof CommitInDoubt ? error.cause : error;
    if (!(cause instanceof DriverError) || this.#isOver || performance.now() >= this.deadlineMs) return undefined;
    if (cause instanceof TransactionConflict) return conflictPauseMs(this.#conflictCount++);
    const count = this.#lossCount++;
    if (isDoubtful) return count === 0 ? 0 : limits.reconnectPauseMs;
    return isLost(cause) && count === 0 && performance.now() < this.#lossesEndMs ? 0 : undefined;
  }
}

/** Instances that write through several nodes of a cluster conflict again and again unless they wait for different times. */
export function conflictPauseMs(count: number): number {
  if (count === 0) return 0;
  return Math.random() * Math.min(2 ** count, remoteLimits.conflictPauseMsMax);
}
