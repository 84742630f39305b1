import { readFileSync } from 'node:fs';

/** The kernel counts processor time in hundredths of a second on every common Linux. */
const ticksPerSecond = 100;

/**
 * The resources that a process has used so far. Undefined where they cannot be read: on another
 * system, or when there is no process with this id.
 */
export interface ProcessUsage {
  readonly cpuSeconds: number;
  readonly residentMebibytes: number;
}

export function processUsage(pid: number | undefined): ProcessUsage | undefined {
  if (pid === undefined) return undefined;
  try {
    // The second field is the program's name in parentheses, which may hold spaces.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const resident = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    return {
      cpuSeconds: (Number(stat[11]) + Number(stat[12])) / ticksPerSecond,
      residentMebibytes: Number(resident) / 1024,
    };
  } catch {
    return undefined;
  }
}
