/**
 * The milliseconds of the fastest of five runs. A single run may have to wait for a processor that
 * other programs use.
 */
export function fastestMs(run: () => void): number {
  const durationsMs = Array.from({ length: 5 }, () => {
    const startMs = performance.now();
    run();
    return performance.now() - startMs;
  });
  return Math.min(...durationsMs);
}
