import { limits } from '../../limits.ts';
import type { LeaseClock } from '../lease-clock.ts';
import { monotonicMs } from '../monotonic-ms.ts';

/**
 * The lease clock of instances on several machines. The database stores the most advanced time of
 * all instances, as of a moment ago. Between two reads the clock advances by the monotonic clock of
 * its machine, at most `leaseClockApartMsMax` past the stored time. Then it stops until the stored
 * time has moved.
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

  /**
   * Adopts the stored time. It goes back if the database was replaced by a standby that lacks the
   * last commits: the stored time counts.
   */
  saw(storedMs: number): void {
    // The time at which the clock stopped comes first: time in which it was stopped stays lost.
    // Otherwise the clock would jump at the next read.
    const stoppedMs = Math.min(this.#runningMs(), this.#storedMs + this.apartMsMax);
    this.#shownMs = Math.max(storedMs, Math.min(stoppedMs, storedMs + this.apartMsMax));
    this.#atMs = this.#monotonicMs();
    this.#storedMs = storedMs;
  }

  #runningMs(): number {
    return this.#shownMs + (this.#monotonicMs() - this.#atMs);
  }
}
