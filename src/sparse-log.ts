import { durationText } from './duration-text.ts';
import type { Logger } from './logger.ts';

export interface SparseLogOptions {
  readonly logger: Logger;
  readonly message: string;
  /** Lines of one interval; of what is more, the number is told when the interval is over. */
  readonly linesMax: number;
  readonly intervalMs: number;
}

/** Warnings of one kind that may come by the thousand, when everything is slow: a few of each interval are written, of the others how many there were. */
export class SparseLog {
  readonly #options: SparseLogOptions;
  #lines = 0;
  #suppressed = 0;
  #interval: NodeJS.Timeout | undefined;

  constructor(options: SparseLogOptions) {
    this.#options = options;
  }

  /** `fields` is asked for only if the line is written. */
  warn(fields: () => object): void {
    this.#interval ??= setTimeout(() => this.#endInterval(), this.#options.intervalMs).unref();
    if (this.#lines >= this.#options.linesMax) {
      this.#suppressed += 1;
      return;
    }
    this.#lines += 1;
    this.#options.logger.warn(fields(), this.#options.message);
  }

  #endInterval(): void {
    const { logger, message, intervalMs } = this.#options;
    if (this.#suppressed > 0)
      logger.warn({ suppressed: this.#suppressed, within: durationText(intervalMs) }, `${message}: more of the same`);
    this.#lines = 0;
    this.#suppressed = 0;
    this.#interval = undefined;
  }
}
