/**
 * Converts times of `performance.now()` to milliseconds since 1970. The wall clock has only whole
 * milliseconds, in which a span could begin before its parent. So the start of the process counts,
 * until the wall clock is set.
 */
export class WallClock {
  #offsetMs = performance.timeOrigin;

  /** What to add to a time of `performance.now()`. The spans of one trace use the same number. */
  offsetMs(): number {
    const differenceMs = Date.now() - (this.#offsetMs + performance.now());
    if (Math.abs(differenceMs) > setClockMs) this.#offsetMs += differenceMs;
    return this.#offsetMs;
  }
}

/** Larger differences come from a clock that was set. */
const setClockMs = 5;
