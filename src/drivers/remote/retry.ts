import { DriverError, isDriverError } from '../../errors.ts';
import { ConnectionRefused } from './connections/connection-refused.ts';
import { remoteLimits } from './remote-limits.ts';

/** A commit was lost, and its outcome could not be determined. */
export class OutcomeUnknown extends DriverError {
  constructor(cause: unknown) {
    super('lost', 'the connection was lost during a commit, which may or may not have been made', { cause });
  }
}

/**
 * The server ended the transaction in favour of another one: a deadlock, a table that is being
 * rebuilt, or a write of another node. This happened before COMMIT, so the transaction had no
 * effect.
 */
export class TransactionConflict extends DriverError {
  constructor(message: string, cause: unknown) {
    super('busy', message, { cause });
  }
}

/**
 * Retries work that certainly had no effect. If the connection was lost (the server restarted, an
 * administrator or a proxy ended it), it retries once, on another connection. If other transactions
 * conflict, it retries until `retryWithinMs` has passed. `commitOnce` does the same for writes.
 */
export async function withRetry<Result>(work: () => Promise<Result>): Promise<Result> {
  const lastMs = performance.now() + remoteLimits.retryWithinMs;
  let wasLost = false;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > lastMs) throw error;
      if (error instanceof TransactionConflict) continue;
      if (wasLost || !isLostWithoutEffect(error)) throw error;
      wasLost = true;
    }
  }
}

/**
 * The connection was lost, and the work certainly had no effect. A connection that the server
 * refuses to a user is refused again, and servers block users after many attempts.
 */
export function isLostWithoutEffect(error: unknown): boolean {
  return isDriverError(error, 'lost') && !(error instanceof OutcomeUnknown || error instanceof ConnectionRefused);
}
