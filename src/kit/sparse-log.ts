import type { Logger } from 'pino';
import { durationText } from './amount-text.ts';

export interface SparseLogOptions {
  readonly logger: Logger;
  readonly message: string;
  /** `warn` by default. */
  readonly level?: 'info' | 'warn' | 'error';
  /** Lines of one interval. The number of suppressed lines is logged at its end. */
  readonly linesMax: number;
  readonly intervalMs: number;
}

/**
 * A rate-limited log for lines of one kind, which may come by the thousand: when everything is
 * slow, or because each request of a client causes one. Writes the first lines of each interval,
 * and then the number of the others.
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
      logger[level](
        { suppressed: this.#suppressed, within: durationText(intervalMs) },
        `${message}: further lines suppressed`,
      );
    this.#lines = 0;
    this.#suppressed = 0;
    this.#interval = undefined;
  }
}
