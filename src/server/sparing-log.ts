import type { Logger } from '../logger.ts';
import { serverLimits } from './server-limits.ts';

/** Warns of what a client may cause as often as it likes: a line now and then says how often. */
export class SparingLog {
  readonly #logger: Logger;
  #nextMs = 0;
  #unlogged = 0;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  warn(details: Readonly<Record<string, unknown>>, message: string): void {
    const nowMs = performance.now();
    if (nowMs < this.#nextMs) {
      this.#unlogged += 1;
      return;
    }
    this.#nextMs = nowMs + serverLimits.clientFaultLogIntervalMs;
    this.#logger.warn({ ...details, unlogged: this.#unlogged }, message);
    this.#unlogged = 0;
  }
}
