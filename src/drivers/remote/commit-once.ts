/**
 * Commits the writes of a program once, also when the outcome of a commit is unknown: the connection was lost before the answer, or a cluster refused the commit.
 * Another attempt then reads under the revision lock whether an earlier one was committed (docs/adr/010-clusters.md has the argument).
 */
import { setTimeout as pause } from 'node:timers/promises';
import { DriverError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import type { Program, Query } from '../../mvcc/program.ts';
import { type CommitSlots, markQuery, newMark, proofOf, tokenOf, tokenQuery } from './commit-slots.ts';
import { remoteLimits } from './remote-limits.ts';
import { GaveWay, isLost, OutcomeUnknown } from './second-try.ts';
import { CommitInDoubt, type CommitProof } from './session.ts';

/** How one attempt begins and is proved. */
export interface AttemptTransaction {
  readonly first: readonly Query[];
  readonly proof: CommitProof;
}

export interface OnceOptions<Result> {
  readonly slots: CommitSlots;
  nowMs(): number;
  /** A new run of the program, for each attempt. */
  program(): Program<Result>;
  /** Runs a program in a transaction of writes and commits it. */
  transact(transaction: AttemptTransaction, program: Program<Result>): Promise<Result>;
  /** The outcome of a commit whose answer was lost. */
  onDoubtEnd(outcome: 'committed' | 'undone' | 'unknown'): void;
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
  const { slots } = options;
  const slot = slots.take();
  const doubts: Doubt<Result>[] = [];
  const retries = new Retries();
  for (;;) {
    const mark = newMark(slot);
    try {
      const result = await withinDoubt(attempt(options, mark, doubts), doubts, retries);
      endDoubts(options, doubts, undefined);
      slots.giveBack(slot);
      return result;
    } catch (error) {
      if (error instanceof AlreadyCommitted) {
        const committed = error.doubt as Doubt<Result>;
        endDoubts(options, doubts, committed);
        slots.giveBack(slot);
        return committed.result;
      }
      if (error instanceof CommitInDoubt) {
        doubts.push({ token: mark.token, result: error.result as Result, isLoss: !(error.cause instanceof GaveWay) });
      }
      const pauseMs = retries.pauseMsAfter(error, doubts.length > 0);
      if (pauseMs === undefined) throw given(options, error, doubts, slot);
      if (pauseMs > 0) await pause(pauseMs);
    }
  }
}

/** The error that the caller is given when no other attempt is made. */
function given<Result>(
  { slots, onDoubtEnd }: OnceOptions<Result>,
  error: unknown,
  doubts: readonly Doubt<Result>[],
  slot: bigint,
): unknown {
  if (doubts.length === 0) slots.giveBack(slot);
  // Otherwise the slot is not used again: a transaction that is still under way may write it.
  for (const { isLoss } of doubts) if (isLoss) onDoubtEnd('unknown');
  return doubts.length > 0 && error instanceof DriverError ? new OutcomeUnknown(error) : error;
}

function endDoubts<Result>(
  { onDoubtEnd }: OnceOptions<Result>,
  doubts: readonly Doubt<Result>[],
  committed: Doubt<Result> | undefined,
): void {
  for (const doubt of doubts) if (doubt.isLoss) onDoubtEnd(doubt === committed ? 'committed' : 'undone');
}

async function attempt<Result>(
  { nowMs, program, transact }: OnceOptions<Result>,
  mark: ReturnType<typeof newMark>,
  doubts: readonly Doubt<Result>[],
): Promise<Result> {
  const leave = markQuery(mark, nowMs());
  const proof = proofOf(mark);
  if (doubts.length === 0) return transact({ first: [leave], proof }, program());
  return transact({ first: [], proof }, unlessCommitted(program(), { slot: mark.slot, leave, doubts }));
}

/** Runs the program unless an earlier attempt was committed. */
function* unlessCommitted<Result>(
  program: Program<Result>,
  { slot, leave, doubts }: { slot: bigint; leave: Query; doubts: readonly Doubt<Result>[] },
): Program<Result> {
  const [found] = yield [tokenQuery(slot), leave];
  const token = tokenOf(found);
  const committed = doubts.find((doubt) => doubt.token === token);
  // Rolls the transaction back: there is nothing left to write.
  if (committed !== undefined) throw new AlreadyCommitted(committed);
  return yield* program;
}

/** An earlier attempt was committed. */
class AlreadyCommitted extends Error {
  readonly doubt: Doubt<unknown>;

  constructor(doubt: Doubt<unknown>) {
    super('an earlier attempt was committed');
    this.doubt = doubt;
  }
}

/** While a commit is in doubt a client is answered in time, even if the attempt under way is not. */
async function withinDoubt<Result>(
  running: Promise<Result>,
  doubts: readonly unknown[],
  { deadlineMs }: Retries,
): Promise<Result> {
  if (doubts.length === 0) return running;
  running.catch(() => {});
  const timer = new AbortController();
  const tooLate = pause(Math.max(0, deadlineMs - performance.now()), undefined, { signal: timer.signal }).then(() => {
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
  readonly deadlineMs = performance.now() + remoteLimits.doubtEndsAfterMs;
  readonly #lossesEndMs = performance.now() + remoteLimits.secondTryWithinMs;
  #lossCount = 0;
  #conflictCount = 0;

  /** Undefined: none is made. */
  pauseMsAfter(error: unknown, isDoubtful: boolean): number | undefined {
    const cause = error instanceof CommitInDoubt ? error.cause : error;
    if (!(cause instanceof DriverError) || performance.now() >= this.deadlineMs) return undefined;
    if (cause instanceof GaveWay) return conflictPauseMs(this.#conflictCount++);
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
