/**
 * Milliseconds since the machine was started (CLOCK_MONOTONIC). The same for all threads and processes of the machine, and nobody can set it. Time in which the machine is
 * suspended does not count. `performance.now()` counts from the start of each thread, so threads cannot compare it.
 */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
