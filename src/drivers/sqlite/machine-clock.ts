import type { LeaseClock } from '../lease-clock.ts';
import { monotonicMs } from '../monotonic-ms.ts';

/**
 * The clock of all processes that share a file: the monotonic clock of their machine plus an offset
 * that the file stores.
 */
export class MachineClock implements LeaseClock {
  readonly apartMsMax = 0;
  /** This clock minus the monotonic clock of the machine, in ms. */
  readonly offsetMs: number;

  constructor(offsetMs: number) {
    this.offsetMs = offsetMs;
  }

  nowMs(): number {
    return Math.floor(monotonicMs() + this.offsetMs);
  }

  ageMs(): number {
    return 0;
  }

  saw(): void {}
}
