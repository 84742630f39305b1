import type { Logger } from '../logger.ts';

/** Warns of what may come as often as it likes: at most a line in each interval, with the number of those since the last that got none. */
export class SparingLog {
  readonly #logger: Logger;
  readonly #intervalMs: number;
  #nextMs = 0;
  #unlogged = 0;

  constructor(logger: Logger, intervalMs: number) {
    this.#logger = logger;
    this.#intervalMs = intervalMs;
  }

  warn(details: Readonly<Record<string, unknown>>, message: string): void {
    const nowMs = performance.now();
    if (nowMs < this.#nextMs) {
      this.#unlogged += 1;
      return;
    }
    this.#nextMs = nowMs + this.#intervalMs;
    this.#logger.warn({ ...details, unlogged: this.#unlogged }, message);
    this.#unlogged = 0;
  }
}
