/**
 * Logs an outage of the database in two lines: when it begins and when it is over. Every use of the
 * database passes here, so the first one that fails is logged, and all others are silent.
 */
import type { Logger } from 'pino';
import { isDriverError } from '../errors.ts';
import { durationText } from '../kit/amount-text.ts';

/**
 * An outage is over when work succeeds that began this many ms after the last failure. So a
 * database that fails now and then writes at most two lines a second.
 */
export const outageQuietMs = 1_000;

type Work = 'read' | 'write';

export class OutageLog {
  readonly #logger: Logger;
  /** Undefined: the database is available. */
  #outage: { readonly sinceMs: number; lastFailureMs: number; failed: Work } | undefined;
  #isClosed = false;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /**
   * Runs work that uses the database. A failure of kind `lost` begins an outage or continues it.
   * Reads that succeed do not end an outage in which writes fail: the database may be read-only.
   */
  async observe<Result>(kind: Work, work: () => Promise<Result>): Promise<Result> {
    const startMs = performance.now();
    try {
      const result = await work();
      this.#succeeded(kind, startMs);
      return result;
    } catch (error) {
      if (isDriverError(error, 'lost')) this.failed(kind, error.message);
      throw error;
    }
  }

  failed(kind: Work, reason: string): void {
    if (this.#isClosed) return;
    const nowMs = performance.now();
    if (this.#outage === undefined) {
      this.#outage = { sinceMs: nowMs, lastFailureMs: nowMs, failed: kind };
      this.#logger.warn({ reason }, 'database unavailable; requests are refused and watches wait until it answers');
    }
    this.#outage.lastFailureMs = nowMs;
    if (kind === 'write') this.#outage.failed = kind;
  }

  /** Logs nothing from now on: work that ends with its connections shows no outage. */
  close(): void {
    this.#isClosed = true;
  }

  ended(): void {
    if (this.#outage === undefined) return;
    const lasted = durationText(performance.now() - this.#outage.sinceMs);
    this.#outage = undefined;
    this.#logger.info({ lasted }, 'database available again');
  }

  #succeeded(kind: Work, startMs: number): void {
    if (this.#outage === undefined || startMs < this.#outage.lastFailureMs + outageQuietMs) return;
    if (kind === 'write' || this.#outage.failed === 'read') this.ended();
  }
}
