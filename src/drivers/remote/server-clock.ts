/**
 * The clock of the database server. Instances use it for the last renewals of members, for tokens
 * and for holds. Leases do not use it (`shared-lease-clock.ts`). Between two readings it advances
 * by this machine's monotonic clock, so the wall clock of this machine may be set. If the clock of
 * the database is set, this clock follows, and all instances agree again.
 */

import { durationText } from '../../kit/amount-text.ts';
import type { Logger } from '../../logger.ts';
import { remoteLimits } from './remote-limits.ts';

/** Readings at one time. The reading with the shortest round trip is the most exact. */
const readingCountMax = 5;
/** Both clocks have a resolution of 1 ms. */
const granularityMs = 2;
/** A round trip that is exact enough. */
const roundTripMsEnough = 10;

export class ServerClock {
  readonly #logger: Logger;
  /** The clock of the server minus the monotonic clock of this process, in ms. */
  #offsetMs: number | undefined;
  #jumpCount = 0;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** How often the clock of the server was set, or another server with another clock was used. */
  get jumpCount(): number {
    return this.#jumpCount;
  }

  /** Milliseconds since 1970. Before the first reading this is the wall clock of this machine. */
  nowMs(): number {
    return this.#offsetMs === undefined ? Date.now() : Math.floor(performance.now() + this.#offsetMs);
  }

  /**
   * Reads the clock of the server. The server read its clock at an unknown moment of the round
   * trip. The current offset stays if the new reading allows it.
   *
   * @param readMs returns the time of the server in ms since 1970
   */
  async read(readMs: () => Promise<number>): Promise<void> {
    let best = await reading(readMs);
    for (let count = 1; count < readingCountMax && best.roundTripMs > roundTripMsEnough; count += 1) {
      const next = await reading(readMs);
      if (next.roundTripMs < best.roundTripMs) best = next;
    }
    const { offsetMs, roundTripMs } = best;
    const errorMsMax = roundTripMs / 2 + granularityMs;
    if (this.#offsetMs === undefined) {
      this.#offsetMs = offsetMs;
      return;
    }
    const differenceMs = offsetMs - this.#offsetMs;
    if (Math.abs(differenceMs) <= errorMsMax) return;
    if (Math.abs(differenceMs) - errorMsMax >= remoteLimits.clockJumpMsMin) this.#jumped(differenceMs);
    this.#offsetMs = offsetMs;
  }

  #jumped(ms: number): void {
    this.#jumpCount += 1;
    this.#logger.warn(
      { direction: ms > 0 ? 'forward' : 'back', by: durationText(Math.abs(ms)) },
      "the database server's clock was set; leases do not follow it",
    );
  }
}

interface Reading {
  readonly offsetMs: number;
  readonly roundTripMs: number;
}

async function reading(readMs: () => Promise<number>): Promise<Reading> {
  const startMs = performance.now();
  const serverMs = await readMs();
  const endMs = performance.now();
  return { offsetMs: serverMs - (startMs + endMs) / 2, roundTripMs: endMs - startMs };
}
