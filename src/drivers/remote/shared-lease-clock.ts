import { limits } from '../../limits.ts';
import type { LeaseClock } from '../lease-clock.ts';
import { monotonicMs } from '../monotonic-ms.ts';

/**
 * The lease clock of instances on several machines. The database holds the time that the furthest of them had reached a moment ago. Between two reads an instance goes on
 * by its own monotonic clock, `leaseClockApartMsMax` past the stored time at most: then its clock stops until the stored time has moved.
 */
export class SharedLeaseClock implements LeaseClock {
  readonly apartMsMax = limits.leaseClockApartMsMax;
  readonly #monotonicMs: () => number;
  /** The clock showed `shownMs` at `atMs` of the monotonic clock. */
  #shownMs = 0;
  #atMs: number;
  #storedMs = 0;

  constructor(monotonic: () => number = monotonicMs) {
    this.#monotonicMs = monotonic;
    this.#atMs = monotonic();
  }

  nowMs(): number {
    return Math.floor(Math.min(this.#runningMs(), this.#storedMs + this.apartMsMax));
  }

  ageMs(): number {
    return this.nowMs() - this.#storedMs;
  }

  /** The stored time goes back when the database was replaced by a standby that lacks the last commits: what it holds counts. */
  saw(storedMs: number): void {
    // The stopped time first: time in which the clock stood still stays lost. Otherwise a return after a pause would be a jump.
    const stoppedMs = Math.min(this.#runningMs(), this.#storedMs + this.apartMsMax);
    this.#shownMs = Math.max(storedMs, Math.min(stoppedMs, storedMs + this.apartMsMax));
    this.#atMs = this.#monotonicMs();
    this.#storedMs = storedMs;
  }

  #runningMs(): number {
    return this.#shownMs + (this.#monotonicMs() - this.#atMs);
  }
}
