import { transportLimits } from '../transport-limits.ts';

interface Expiring {
  onDeadline(): void;
}

/**
 * Deadlines of all calls, in buckets of one tick. Most calls have no deadline, and nearly all
 * others end long before it. So adding and removing must cost next to nothing. A timer for each
 * call would cost too much, and so would a timer that fires at each tick: an idle event loop takes
 * about 0.1 ms to wake up.
 */
export class Deadlines {
  readonly #buckets = new Map<number, Set<Expiring>>();
  #timer: NodeJS.Timeout | undefined;
  /** The tick at which the timer fires: the earliest deadline, or earlier. */
  #timerTick = Number.POSITIVE_INFINITY;

  /** Returns the tick that `remove` needs. */
  add(call: Expiring, timeoutMs: number): number {
    const tick = Math.ceil((performance.now() + timeoutMs) / transportLimits.deadlineTickMs);
    const bucket = this.#buckets.get(tick);
    if (bucket === undefined) this.#buckets.set(tick, new Set([call]));
    else bucket.add(call);
    if (tick < this.#timerTick) this.#setTimer(tick);
    return tick;
  }

  remove(call: Expiring, tick: number): void {
    const bucket = this.#buckets.get(tick);
    bucket?.delete(call);
    if (bucket?.size === 0) this.#buckets.delete(tick);
  }

  #setTimer(tick: number): void {
    clearTimeout(this.#timer);
    this.#timerTick = tick;
    const ms = tick * transportLimits.deadlineTickMs - performance.now();
    this.#timer = setTimeout(() => this.#expire(), Math.min(Math.ceil(ms), transportLimits.deadlineTimerMsMax)).unref();
  }

  #expire(): void {
    const now = performance.now() / transportLimits.deadlineTickMs;
    let earliest = Number.POSITIVE_INFINITY;
    this.#timerTick = earliest;
    for (const [tick, bucket] of this.#buckets) {
      if (tick > now) earliest = Math.min(earliest, tick);
      else {
        this.#buckets.delete(tick);
        for (const call of bucket) call.onDeadline();
      }
    }
    if (earliest < this.#timerTick) this.#setTimer(earliest);
  }
}
