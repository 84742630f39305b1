import type { Logger } from 'pino';
import { DriverError, EtcdError, isDriverError } from '../errors.ts';

/**
 * Logs why background work fails and is retried: one line for a series of failures. It is silent in
 * an outage of the database, which the driver logs once for all.
 */
export class RetryLog {
  readonly #logger: Logger;
  readonly #message: string;
  #isFailing = false;

  constructor(logger: Logger, message: string) {
    this.#logger = logger;
    this.#message = message;
  }

  failed(error: unknown): void {
    if (this.#isFailing || isDriverError(error, 'lost')) return;
    this.#isFailing = true;
    const level = error instanceof DriverError || error instanceof EtcdError ? 'warn' : 'error';
    this.#logger[level]({ err: error }, this.#message);
  }

  succeeded(): void {
    this.#isFailing = false;
  }
}
