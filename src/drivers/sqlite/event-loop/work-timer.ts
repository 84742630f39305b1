import { limits } from '../../../limits.ts';

export interface WorkTimerOptions {
  /** How long the thread has waited for a processor so far. */
  readonly waitedMs: () => number;
  /** A monotonic clock. */
  readonly nowMs?: () => number;
}

export interface WorkStart {
  readonly startMs: number;
  /** Undefined: not read, because work has been fast. */
  readonly waitedMs: number | undefined;
}

/**
 * Measures work on the event loop without the time in which the thread waited for a processor. On a
 * busy machine every disk is slow if the clock alone decides.
 *
 * Reading the waits costs some microseconds. So they are read only for a while after slow work, and
 * then for one work in four. Other slow work counts as `slowDiskMs`, because its reason is not
 * known.
 */
export class WorkTimer {
  readonly #waitedMs: () => number;
  readonly #nowMs: () => number;
  #readsWaitsUntilMs = Number.NEGATIVE_INFINITY;
  #startCount = 0;

  constructor({ waitedMs, nowMs = () => performance.now() }: WorkTimerOptions) {
    this.#waitedMs = waitedMs;
    this.#nowMs = nowMs;
  }

  start(): WorkStart {
    const startMs = this.#nowMs();
    if (startMs >= this.#readsWaitsUntilMs) {
      this.#startCount = 0;
      return { startMs, waitedMs: undefined };
    }
    const readsWaits = this.#startCount % 4 === 0;
    this.#startCount += 1;
    return { startMs, waitedMs: readsWaits ? this.#waitedMs() : undefined };
  }

  /** The milliseconds since `start`. */
  elapsedMs({ startMs, waitedMs }: WorkStart): number {
    const nowMs = this.#nowMs();
    const tookMs = nowMs - startMs;
    if (tookMs <= limits.slowDiskMs) return tookMs;
    this.#readsWaitsUntilMs = nowMs + limits.slowWorkMemoryMs;
    return waitedMs === undefined ? limits.slowDiskMs : Math.max(0, tookMs - (this.#waitedMs() - waitedMs));
  }
}
