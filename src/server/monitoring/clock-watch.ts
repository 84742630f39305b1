import { durationText } from '../../kit/amount-text.ts';
import type { Logger } from '../../logger.ts';
import { serverLimits } from '../server-limits.ts';

interface Clocks {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

function clocks(): Clocks {
  return { wallMs: Date.now(), monotonicMs: performance.now() };
}

/**
 * Detects that the machine's wall clock was set: by a user, by NTP, or because the machine was
 * suspended, which pauses its monotonic clock.
 */
export class ClockWatch {
  /** Jumps since the start. */
  readonly jumps = { count: 0 };
  readonly #logger: Logger;
  readonly #timer: NodeJS.Timeout;
  readonly #read: () => Clocks;
  #last: Clocks;

  constructor(logger: Logger, read: () => Clocks = clocks) {
    this.#logger = logger;
    this.#read = read;
    this.#last = read();
    this.#timer = setInterval(() => this.check(), serverLimits.clockCheckIntervalMs).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Compares the progress of both clocks since the last check. */
  check(): void {
    const now = this.#read();
    const jumpMs = now.wallMs - this.#last.wallMs - (now.monotonicMs - this.#last.monotonicMs);
    this.#last = now;
    if (Math.abs(jumpMs) < serverLimits.clockJumpMsMin) return;
    this.jumps.count += 1;
    this.#logger.warn(
      { direction: jumpMs > 0 ? 'forward' : 'back', by: durationText(Math.abs(jumpMs)) },
      "the machine's clock was set, or the machine was suspended; leases are not affected",
    );
  }
}
