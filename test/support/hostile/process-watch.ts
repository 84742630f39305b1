import { readdirSync } from 'node:fs';
import { type ProcessUsage, processUsage } from '../../../bench/load/process-usage.ts';

const sampleIntervalMs = 20;

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

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    this.#peakMebibytes = Math.max(this.#peakMebibytes, this.usage?.residentMebibytes ?? 0);
  }
}
