/** The clock of the database server, which all instances share: leases count by it. */

/** Readings at one time: the quickest answer tells the clock most exactly. */
const readingCountMax = 5;
/** Both clocks show whole milliseconds. */
const granularityMs = 2;
/** An answer that is exact enough. */
const roundTripMsEnough = 10;

export class ServerClock {
  /** The server's clock less this machine's, in ms. */
  #offsetMs: number | undefined;

  /** Milliseconds since 1970. */
  nowMs(): number {
    return Date.now() + (this.#offsetMs ?? 0);
  }

  /**
   * Reads the server's clock. The answer was given at an unknown moment of its round trip. An offset that is possible by the new reading stays: a slow answer must not move
   * the deadlines of leases.
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
    if (this.#offsetMs !== undefined && Math.abs(offsetMs - this.#offsetMs) <= errorMsMax) return;
    this.#offsetMs = Math.round(offsetMs);
  }
}

interface Reading {
  readonly offsetMs: number;
  readonly roundTripMs: number;
}

async function reading(ask: () => Promise<number>): Promise<Reading> {
  const startMs = performance.now();
  const serverMs = await ask();
  const roundTripMs = performance.now() - startMs;
  return { offsetMs: serverMs - (Date.now() - roundTripMs / 2), roundTripMs };
}
