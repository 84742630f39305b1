import { durationText } from '../../kit/amount-text.ts';
import type { Logger } from '../../logger.ts';
import { serverLimits } from '../server-limits.ts';

/**
 * Detects that the event loop was blocked: by a long garbage collection, an overloaded or suspended
 * machine, or a bug in tine.
 */
export class StallWatch {
  /** Stalls since the start, and their total milliseconds. */
  readonly stalls = { count: 0, ms: 0 };
  readonly #logger: Logger;
  readonly #timer: NodeJS.Timeout;
  #dueMs: number;
  #longestMs = 0;
  /** Work at an interval, which runs with the checks. */
  #repeated: { readonly intervalMs: number; readonly work: () => void; dueMs: number }[] = [];

  constructor(logger: Logger) {
    this.#logger = logger;
    this.#dueMs = performance.now() + serverLimits.stallTickMs;
    this.#timer = setInterval(() => this.#tick(), serverLimits.stallTickMs).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /**
   * Runs work at an interval until `close`, with the first check after each interval. A timer of
   * its own would wake up an idle process once more.
   */
  every(intervalMs: number, work: () => void): void {
    this.#repeated.push({ intervalMs, work, dueMs: performance.now() + intervalMs });
  }

  /** The longest delay since the previous call, in ms. */
  takeLongestMs(): number {
    const longestMs = this.#longestMs;
    this.#longestMs = 0;
    return longestMs;
  }

  #tick(): void {
    const nowMs = performance.now();
    const lateMs = nowMs - this.#dueMs;
    this.#dueMs = nowMs + serverLimits.stallTickMs;
    this.#longestMs = Math.max(this.#longestMs, lateMs);
    if (lateMs >= serverLimits.stallMsMin) this.#count(lateMs);
    for (const repeated of this.#repeated) {
      if (nowMs < repeated.dueMs) continue;
      repeated.dueMs = nowMs + repeated.intervalMs;
      repeated.work();
    }
  }

  #count(lateMs: number): void {
    this.stalls.count += 1;
    this.stalls.ms += lateMs;
    if (lateMs < serverLimits.stallLoggedMsMin) return;
    this.#logger.warn({ took: durationText(lateMs) }, 'event loop blocked; no requests were served');
  }
}
