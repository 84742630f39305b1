import type { Connection } from '../load/connection.ts';
import { type Figure, figureOf } from '../load/figure.ts';
import { get } from '../load/requests.ts';
import { keyName } from './key-name.ts';

/**
 * The interval at which each client sends a get, whether or not the previous get was answered.
 * Every get that falls into a stall therefore sees it.
 */
export const getIntervalMs = 10;

interface TimedGet {
  readonly start: number;
  readonly end: number;
}

/** Gets of random keys at a steady pace, one client a connection. */
export class PacedGets {
  readonly #done: TimedGet[] = [];
  readonly #timers: NodeJS.Timeout[];
  #underWay = 0;
  #firstError: string | undefined;

  constructor(connections: readonly Connection[], keys: { prefix: string; keyCount: number }) {
    this.#timers = connections.map((connection) =>
      setInterval(() => {
        const key = keyName(keys.prefix, Math.floor(Math.random() * keys.keyCount));
        void this.#time(() => get(connection, Buffer.from(key)));
      }, getIntervalMs),
    );
  }

  /** Waits for the last answers. Throws if a get failed. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    while (this.#underWay > 0) await new Promise((resolve) => setTimeout(resolve, getIntervalMs));
    if (this.#firstError !== undefined) throw new Error(`a get failed: ${this.#firstError}`);
  }

  /**
   * The gets that were under way at any time between two times of `performance.now`. Call it after
   * `stop`.
   */
  figureBetween(start: number, end: number): Figure {
    const among = this.#done.filter((each) => each.end >= start && each.start <= end);
    const latencies = Float64Array.from(among, (each) => each.end - each.start);
    return figureOf([{ latencies, errorCount: 0, firstError: undefined, start, end }]);
  }

  async #time(operation: () => Promise<void>): Promise<void> {
    const start = performance.now();
    this.#underWay += 1;
    try {
      await operation();
    } catch (error) {
      this.#firstError ??= (error as Error).message;
    }
    this.#underWay -= 1;
    this.#done.push({ start, end: performance.now() });
  }
}
