/**
 * The clock of the database server: instances compare by it when they were last there, tokens and holds count by it. Leases do not (`shared-lease-clock.ts`). Between two
 * readings it runs by this machine's monotonic clock, so this machine's wall clock may be set. A database's clock that was set is followed: all instances agree again then.
 */

import type { Logger } from '../../logger.ts';
import { durationText } from '../../text/duration-text.ts';
import { remoteLimits } from './remote-limits.ts';

/** Readings at one time: the quickest answer tells the clock most exactly. */
const readingCountMax = 5;
/** Both clocks show whole milliseconds. */
const granularityMs = 2;
/** An answer that is exact enough. */
const roundTripMsEnough = 10;

export class ServerClock {
  readonly #logger: Logger;
  /** The server's clock less this process's monotonic clock, in ms. */
  #offsetMs: number | undefined;
  #jumpCount = 0;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** How often the server's clock was set, or was another server's. */
  get jumpCount(): number {
    return this.#jumpCount;
  }

  /** Milliseconds since 1970. Before the first reading it is this machine's wall clock. */
  nowMs(): number {
    return this.#offsetMs === undefined ? Date.now() : Math.floor(performance.now() + this.#offsetMs);
  }

  /**
   * Reads the server's clock. The answer was given at an unknown moment of its round trip. An offset that is possible by the new reading stays.
   *
   * @param ask returns the server's time in ms since 1970
   */
  async read(ask: () => Promise<number>): Promise<void> {
    let best = await reading(ask);
    for (let count = 1; count < readingCountMax && best.roundTripMs > roundTripMsEnough; count += 1) {
      const next = await reading(ask);
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

async function reading(ask: () => Promise<number>): Promise<Reading> {
  const startMs = performance.now();
  const serverMs = await ask();
  const endMs = performance.now();
  return { offsetMs: serverMs - (startMs + endMs) / 2, roundTripMs: endMs - startMs };
}
