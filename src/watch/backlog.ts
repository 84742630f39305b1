import { watchLimits } from './watch-limits.ts';

interface Stream {
  readonly pendingBytes: number;
}

/**
 * The unsent bytes of all streams. They are counted at most every `backlogCheckMs`. Bytes that are
 * sent in between count as unsent.
 */
export class Backlog {
  readonly #streams: Iterable<Stream>;
  #bytes = 0;
  #countedMs = Number.NEGATIVE_INFINITY;

  constructor(streams: Iterable<Stream>) {
    this.#streams = streams;
  }

  get bytes(): number {
    const nowMs = performance.now();
    if (nowMs - this.#countedMs >= watchLimits.backlogCheckMs) {
      this.#countedMs = nowMs;
      this.#bytes = 0;
      for (const { pendingBytes } of this.#streams) this.#bytes += pendingBytes;
    }
    return this.#bytes;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
  }
}
