import type { Logger } from './logger.ts';
import { durationText } from './text/duration-text.ts';

export interface SparseLogOptions {
  readonly logger: Logger;
  readonly message: string;
  /** `warn` by default. */
  readonly level?: 'info' | 'warn' | 'error';
  /** Lines of one interval; of what is more, the number is told when the interval is over. */
  readonly linesMax: number;
  readonly intervalMs: number;
}

/**
 * Log lines of one kind that may come by the thousand: when everything is slow, or because a client causes one with each
 * request. Writes the first few of each interval, and how many there were of the others.
 */
export class SparseLog {
  readonly #options: SparseLogOptions;
  #lines = 0;
  #suppressed = 0;
  #interval: NodeJS.Timeout | undefined;

  constructor(options: SparseLogOptions) {
    this.#options = options;
  }

  /** `fields` is called only if the line is written. */
  write(fields: () => object): void {
    this.#interval ??= setTimeout(() => this.#endInterval(), this.#options.intervalMs).unref();
    if (this.#lines >= this.#options.linesMax) {
      this.#suppressed += 1;
      return;
    }
    this.#lines += 1;
    const { logger, level = 'warn', message } = this.#options;
    logger[level](fields(), message);
  }

  #endInterval(): void {
    const { logger, level = 'warn', message, intervalMs } = this.#options;
    if (this.#suppressed > 0)
      logger[level]({ suppressed: this.#suppressed, within: durationText(intervalMs) }, `${message}: more of the same`);
    this.#lines = 0;
    this.#suppressed = 0;
    this.#interval = undefined;
  }
}
