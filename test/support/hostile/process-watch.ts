import { readdirSync, readFileSync } from 'node:fs';
import { type ProcessUsage, processUsage } from '../../../bench/load/process-usage.ts';

const sampleIntervalMs = 20;

interface Schedule {
  readonly ranMs: number;
  readonly waitedMs: number;
}

/** How many times longer the work between two schedules took than with a free processor. */
export function slownessBetween(before: Schedule, after: Schedule): number {
  const ranMs = after.ranMs - before.ranMs;
  return ranMs > 0 ? 1 + Math.max(0, after.waitedMs - before.waitedMs) / ranMs : 1;
}

/** Samples a process every 20 ms. Works on Linux only. */
export class ProcessWatch {
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;
  #peakMebibytes = 0;

  constructor(pid: number) {
    this.#pid = pid;
    this.#timer = setInterval(() => this.#look(), sampleIntervalMs);
    this.#look();
  }

  /** Undefined: the process has ended. */
  get usage(): ProcessUsage | undefined {
    return processUsage(this.#pid);
  }

  /** The maximum resident memory since the last call. */
  takePeakMebibytes(): number {
    this.#look();
    const peak = this.#peakMebibytes;
    this.#peakMebibytes = 0;
    return peak;
  }

  /** Open files and connections. Undefined: the process is gone. */
  get descriptorCount(): number | undefined {
    try {
      return readdirSync(`/proc/${this.#pid}/fd`).length;
    } catch {
      return undefined;
    }
  }

  /**
   * How long the main thread has run, and how long it was ready to run while other threads had the
   * processors.
   */
  get schedule(): Schedule {
    try {
      const [ranNs, waitedNs] = readFileSync(`/proc/${this.#pid}/schedstat`, 'utf8').split(' ').map(Number);
      return { ranMs: (ranNs ?? 0) / 1e6, waitedMs: (waitedNs ?? 0) / 1e6 };
    } catch {
      return { ranMs: 0, waitedMs: 0 };
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    this.#peakMebibytes = Math.max(this.#peakMebibytes, this.usage?.residentMebibytes ?? 0);
  }
}
