import { transportLimits } from '../transport-limits.ts';

/** A request, or a message, that arrives in parts. */
export interface UnfinishedRequest {
  /** Whether a part has been missing since before a time (of `performance.now()`). */
  isArrivingSince(beforeMs: number): boolean;
  /** Ends the request and drops the parts that have arrived. */
  abortRequest(): void;
}

/**
 * Ends requests that take too long to arrive, so that an unfinished request does not hold memory
 * forever.
 */
export class RequestTimeouts {
  readonly #groups: Iterable<UnfinishedRequest>[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = setInterval(() => this.#check(), transportLimits.requestArrivalCheckIntervalMs).unref();
  }

  /** Checks the members of a collection from now on. */
  watch(group: Iterable<UnfinishedRequest>): void {
    this.#groups.push(group);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #check(): void {
    const beforeMs = performance.now() - transportLimits.requestArrivalMsMax;
    for (const group of this.#groups) {
      for (const arrival of group) {
        if (arrival.isArrivingSince(beforeMs)) arrival.abortRequest();
      }
    }
  }
}
