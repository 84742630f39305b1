import type { Logger } from '../logger.ts';

// A bug in one request or callback does not affect the others, because all important state is in
// the database and its transactions. A bug that occurs this often is in code that everything uses;
// then a restart of the process is better.
const faultCountMax = 20;
const faultWindowMs = 10_000;

/**
 * Logs errors that no handler caught, and keeps serving: a failure of the database or a bug in one
 * request must not end a process that a cluster depends on. Calls `giveUp` once when there are too
 * many errors in a short time. Returns the function that stops guarding.
 */
export function guardAgainstCrashes(logger: Logger, giveUp: () => void): () => void {
  let recentFaults: number[] = [];
  const onFault = (error: unknown): void => {
    logger.error({ err: error }, 'uncaught internal error; still serving; please report it');
    const now = performance.now();
    recentFaults = [...recentFaults.filter((at) => at > now - faultWindowMs), now];
    if (recentFaults.length !== faultCountMax) return;
    logger.error(
      `${faultCountMax} internal errors within ${faultWindowMs / 1000} s: stopping with status 1, so that the service manager restarts tine`,
    );
    giveUp();
  };
  process.on('uncaughtException', onFault);
  process.on('unhandledRejection', onFault);
  return () => {
    process.off('uncaughtException', onFault);
    process.off('unhandledRejection', onFault);
  };
}
