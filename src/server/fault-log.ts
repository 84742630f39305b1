import type { DriverError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { serverLimits } from './server-limits.ts';

/** Logs what went wrong with requests, without a line for each of thousands that fail for one reason. */
export class FaultLog {
  readonly #logger: Logger;
  #nextMs = 0;
  #unloggedCount = 0;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** The database's weather. Every client meets it at once and tries again: one line a second says it. */
  database(error: DriverError): void {
    const nowMs = performance.now();
    if (nowMs < this.#nextMs) {
      this.#unloggedCount += 1;
      return;
    }
    this.#nextMs = nowMs + serverLimits.databaseFaultLogIntervalMs;
    const { kind, message } = error;
    this.#logger.warn({ kind, reason: message, unlogged: this.#unloggedCount }, 'the database failed a request');
    this.#unloggedCount = 0;
  }

  /** A bug, with its stack. */
  internal(error: unknown): void {
    this.#logger.error({ error }, 'a request failed on a fault of this server');
  }
}
