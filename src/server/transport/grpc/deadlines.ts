import { transportLimits } from '../transport-limits.ts';

interface Expiring {
  onDeadline(): void;
}

/**
 * Deadlines of all calls, in buckets of one tick. Most calls have no deadline, and nearly all
 * others end long before it. So adding and removing must cost next to nothing. A timer for each
 * call would cost too much.
 */
export class Deadlines {
  readonly #buckets = new Map<number, Set<Expiring>>();
  #timer: NodeJS.Timeout | undefined;
  /** All buckets up to this one have expired. */
  #lastTick = 0;

  /** Returns the tick that `remove` needs. */
  add(call: Expiring, timeoutMs: number): number {
    const now = performance.now() / transportLimits.deadlineTickMs;
    if (this.#timer === undefined) {
      this.#lastTick = Math.floor(now);
      this.#timer = setInterval(() => this.#expire(), transportLimits.deadlineTickMs).unref();
    }
    const tick = Math.max(this.#lastTick + 1, Math.ceil(now + timeoutMs / transportLimits.deadlineTickMs));
    const bucket = this.#buckets.get(tick);
    if (bucket === undefined) this.#buckets.set(tick, new Set([call]));
    else bucket.add(call);
    return tick;
  }

  remove(call: Expiring, tick: number): void {
    const bucket = this.#buckets.get(tick);
    bucket?.delete(call);
    if (bucket?.size === 0) this.#buckets.delete(tick);
  }

  #expire(): void {
    if (this.#buckets.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    const now = Math.floor(performance.now() / transportLimits.deadlineTickMs);
    while (this.#lastTick < now) {
      this.#lastTick += 1;
      const bucket = this.#buckets.get(this.#lastTick);
      this.#buckets.delete(this.#lastTick);
      for (const call of bucket ?? []) call.onDeadline();
    }
  }
}
