import { processUsage } from '../load/process-usage.ts';

const sampleIntervalMs = 20;

/** MiB of memory that a process uses. Throws where that cannot be read. */
export function residentMebibytes(pid: number): number {
  const usage = processUsage(pid);
  if (usage === undefined) throw new Error('the memory of a process is known on Linux only');
  return usage.residentMebibytes;
}

/** The maximum memory of a process while `work` runs, sampled every 20 ms. */
export async function peakDuring(pid: number, work: () => Promise<unknown>): Promise<number> {
  let peak = residentMebibytes(pid);
  const timer = setInterval(() => {
    peak = Math.max(peak, residentMebibytes(pid));
  }, sampleIntervalMs);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return Math.max(peak, residentMebibytes(pid));
}
