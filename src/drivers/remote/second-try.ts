import { DriverError } from '../../errors.ts';
import { remoteLimits } from './remote-limits.ts';

/** A commit was lost, and what became of it could not be found out. */
export class OutcomeUnknown extends DriverError {
  constructor(cause: unknown) {
    super('lost', 'the connection was lost during a commit, which may or may not have been made', { cause });
  }
}

/**
 * Does the work again, once and on another connection, when its own was lost before it was done: the server restarted, an administrator or a proxy ended it. A client that
 * writes would have to find out by itself whether it may try again.
 */
export async function withSecondTry<Result>(work: () => Promise<Result>): Promise<Result> {
  const lastMs = performance.now() + remoteLimits.secondTryWithinMs;
  try {
    return await work();
  } catch (error) {
    if (!isUndone(error) || performance.now() > lastMs) throw error;
  }
  return work();
}

function isUndone(error: unknown): boolean {
  return error instanceof DriverError && error.kind === 'lost' && !(error instanceof OutcomeUnknown);
}
