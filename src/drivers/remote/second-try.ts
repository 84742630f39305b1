import { DriverError } from '../../errors.ts';
import { remoteLimits } from './remote-limits.ts';

/** A commit was lost, and what became of it could not be found out. */
export class OutcomeUnknown extends DriverError {
  constructor(cause: unknown) {
    super('lost', 'the connection was lost during a commit, which may or may not have been made', { cause });
  }
}

/** The server gave the transaction up for another's sake: a deadlock, a table that is being rebuilt, a write of another node. Nothing of it was done. */
export class GaveWay extends DriverError {
  constructor(message: string, cause: unknown) {
    super('busy', message, { cause });
  }
}

/**
 * Does the work again that was certainly not done, and now may be: once and on another connection, when its own was lost before (the server restarted, an administrator or a proxy
 * ended it); as often as it gave way to another's. A client that writes would have to find out by itself whether it may try again.
 */
export async function withSecondTry<Result>(work: () => Promise<Result>): Promise<Result> {
  const lastMs = performance.now() + remoteLimits.secondTryWithinMs;
  let wasLost = false;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > lastMs) throw error;
      if (error instanceof GaveWay) continue;
      if (wasLost || !isLost(error)) throw error;
      wasLost = true;
    }
  }
}

function isLost(error: unknown): boolean {
  return error instanceof DriverError && error.kind === 'lost' && !(error instanceof OutcomeUnknown);
}
