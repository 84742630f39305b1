/** Node's longest timer. A longer one would run after 1 ms. */
export const timerMsMax = 2 ** 31 - 1;

/**
 * Runs work at an interval of any length, without keeping the process alive. Infinity: never.
 * Returns a function that stops it.
 */
export function startLongInterval(work: () => void, intervalMs: number): () => void {
  let timer: NodeJS.Timeout | undefined;
  const wait = (restMs: number) => {
    const partMs = Math.min(restMs, timerMsMax);
    timer = setTimeout(() => {
      if (restMs > partMs) {
        wait(restMs - partMs);
      } else {
        wait(intervalMs);
        work();
      }
    }, partMs).unref();
  };
  wait(intervalMs);
  return () => clearTimeout(timer);
}
