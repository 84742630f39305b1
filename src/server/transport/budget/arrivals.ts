import { transportLimits } from '../transport-limits.ts';

/** Something that a client sends in parts. */
export interface Arrival {
  /** Whether a part is awaited since before a moment (of `performance.now()`). */
  isArrivingSince(beforeMs: number): boolean;
  /** Gives up what has arrived. */
  giveUpRequest(): void;
}

/** Ends requests that take too long to arrive: nothing half-sent is held for ever. */
export class Arrivals {
  readonly #groups: Iterable<Arrival>[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = setInterval(() => this.#look(), transportLimits.requestArrivalLookMs).unref();
  }

  /** Looks after what a collection has from now on. */
  watch(group: Iterable<Arrival>): void {
    this.#groups.push(group);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const beforeMs = performance.now() - transportLimits.requestArrivalMsMax;
    for (const group of this.#groups) {
      for (const arrival of group) {
        if (arrival.isArrivingSince(beforeMs)) arrival.giveUpRequest();
      }
    }
  }
}
