import type { Logger } from '../logger.ts';

// A bug in one request or one callback leaves the others whole, because what counts is in the database and its transactions. A bug
// that strikes this often is in something that everything uses; then a fresh process serves better.
const faultCountMax = 20;
const faultWindowMs = 10_000;

/**
 * Reports what no handler caught and keeps serving: a database hiccup or a bug in one request must not end a process that
 * a cluster hangs on. Calls `giveUp` once when such faults come in a flood. Returns the way to stop guarding.
 */
export function guardAgainstCrashes(logger: Logger, giveUp: () => void): () => void {
  let recentFaults: number[] = [];
  const onFault = (error: unknown): void => {
    logger.error({ error }, 'internal error that no request caught; still serving. Please report it');
    const now = performance.now();
    recentFaults = [...recentFaults.filter((at) => at > now - faultWindowMs), now];
    if (recentFaults.length !== faultCountMax) return;
    logger.error(`${faultCountMax} internal errors within ${faultWindowMs / 1000} s: stopping, to be started afresh`);
    giveUp();
  };
  process.on('uncaughtException', onFault);
  process.on('unhandledRejection', onFault);
  return () => {
    process.off('uncaughtException', onFault);
    process.off('unhandledRejection', onFault);
  };
}
