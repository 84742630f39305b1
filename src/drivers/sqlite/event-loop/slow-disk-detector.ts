import { limits } from '../../../limits.ts';

/**
 * The weight of the latest duration in the average. One duration of 8 times the limit, or several
 * above it, raise the average above the limit.
 */
const latestShare = 1 / 8;

/**
 * Decides from the average duration of recent work whether the disk is fast. After slow work it
 * counts as slow for a pause, which doubles while attempts stay slow.
 */
export class SlowDiskDetector {
  readonly #nowMs: () => number;
  #averageMs = 0;
  #pauseMs: number = limits.slowDiskPauseMsMin;
  #pauseEndsMs = Number.NEGATIVE_INFINITY;

  /** `nowMs`: a monotonic clock. */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  get isFast(): boolean {
    return this.#nowMs() >= this.#pauseEndsMs;
  }

  observe(ms: number): void {
    this.#averageMs += (ms - this.#averageMs) * latestShare;
    const nowMs = this.#nowMs();
    if (this.#averageMs > limits.slowDiskMs) {
      this.#averageMs = 0;
      this.#pauseEndsMs = nowMs + this.#pauseMs;
      this.#pauseMs = Math.min(this.#pauseMs * 2, limits.slowDiskPauseMsMax);
    } else if (this.#pauseMs > limits.slowDiskPauseMsMin && nowMs > this.#pauseEndsMs + this.#pauseMs) {
      // The disk has been fast for longer than the next pause would last.
      this.#pauseMs = Math.max(this.#pauseMs / 2, limits.slowDiskPauseMsMin);
      this.#pauseEndsMs = nowMs;
    }
  }
}
