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
 * The waits are read only for a while after slow work, because reading them costs 2 us. Slow work
 * before that counts as `slowDiskMs`, because its reason is not known.
 */
export class WorkTimer {
  readonly #waitedMs: () => number;
  readonly #nowMs: () => number;
  #readsWaitsUntilMs = Number.NEGATIVE_INFINITY;

  constructor({ waitedMs, nowMs = () => performance.now() }: WorkTimerOptions) {
    this.#waitedMs = waitedMs;
    this.#nowMs = nowMs;
  }

  start(): WorkStart {
    const startMs = this.#nowMs();
    return { startMs, waitedMs: startMs < this.#readsWaitsUntilMs ? this.#waitedMs() : undefined };
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
