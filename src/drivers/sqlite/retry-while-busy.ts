/** Retries work on a SQLite file while another program holds a lock on the file. */
import { setTimeout as sleep } from 'node:timers/promises';
import { classifyError } from './classify-error.ts';
import { startError } from './start-error.ts';

export interface BusyWait {
  /** How long to wait for the lock. */
  readonly waitMsMax: number;
  /** Called once, after the first failed attempt. */
  readonly onWait?: () => void;
}

/**
 * The pause between two attempts. The start of another program takes some tenths of a second, and
 * an attempt costs a few milliseconds.
 */
const pauseMs = 50;

/**
 * Runs work that has no effect if it fails because the file is locked. SQLite's own wait is not
 * enough: SQLite refuses a change of the journal mode, and a read transaction that becomes a write
 * transaction, without waiting.
 *
 * @throws StartError with one line for the operator, if the file stays locked or cannot be used.
 */
export async function retryWhileBusy<Result>(
  path: string,
  { waitMsMax, onWait }: BusyWait,
  work: () => Result | Promise<Result>,
): Promise<Result> {
  const deadlineMs = performance.now() + waitMsMax;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadlineMs) throw startError(error, path);
      if (attempt === 1) onWait?.();
      await sleep(pauseMs);
    }
  }
}

function isBusy(error: unknown): boolean {
  const cause = classifyError(error);
  return 'kind' in cause && cause.kind === 'busy';
}
