/**
 * Milliseconds since the start of the machine (CLOCK_MONOTONIC). All threads and processes of the
 * machine read the same clock, and it cannot be set. It does not count time in which the machine is
 * suspended. `performance.now()` counts from the start of each thread, so its values cannot be
 * compared between threads.
 */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
