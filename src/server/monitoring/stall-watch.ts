import type { Logger } from '../../logger.ts';
import { durationText } from '../../text/duration-text.ts';
import { serverLimits } from '../server-limits.ts';

/** Notices when the process could do nothing else for a while: a long garbage collection, a machine that is overloaded or was suspended, a fault of ours. */
export class StallWatch {
  /** Stalls since the start, and milliseconds of all of them. */
  readonly stalls = { count: 0, ms: 0 };
  readonly #logger: Logger;
  readonly #timer: NodeJS.Timeout;
  #dueMs: number;

  constructor(logger: Logger) {
    this.#logger = logger;
    this.#dueMs = performance.now() + serverLimits.stallTickMs;
    this.#timer = setInterval(() => this.#tick(), serverLimits.stallTickMs).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const nowMs = performance.now();
    const lateMs = nowMs - this.#dueMs;
    this.#dueMs = nowMs + serverLimits.stallTickMs;
    if (lateMs < serverLimits.stallMsMin) return;
    this.stalls.count += 1;
    this.stalls.ms += lateMs;
    if (lateMs < serverLimits.stallLoggedMsMin) return;
    this.#logger.warn({ took: durationText(lateMs) }, 'the process stood still: nobody was answered');
  }
}
