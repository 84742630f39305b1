import type { RowId } from '../mvcc/operations.ts';
import type { NameInterval } from '../mvcc/read-point.ts';
import { cacheLimits } from './cache-limits.ts';

interface Collected {
  readonly id: RowId;
  readonly bytes: Uint8Array;
}

/** An interval that is being read into the cache, block by block at one revision. It collects the events that happen to its keys until their block is there. */
export class Fill {
  readonly name: string;
  readonly interval: NameInterval;
  /** What is read is as of this id: earlier events are in it. */
  asOf: RowId = 0;
  /** What was read ends before this name. */
  reached: string;
  /** Of the runs made so far. */
  bytes = 0;
  /** Nothing more of it goes into the cache. */
  isAbandoned = false;
  readonly #changes = new Map<string, Collected>();
  #changeBytes = 0;

  constructor(name: string, interval: NameInterval) {
    this.name = name;
    this.interval = interval;
    this.reached = interval.start;
  }

  /** Whether it collects events of a key. */
  collects(name: string): boolean {
    return !this.isAbandoned && name >= this.reached && name < this.interval.end;
  }

  /** An event of a key: what it has from now on. */
  collect(name: string, id: RowId, bytes: Uint8Array): void {
    this.#changes.set(name, { id, bytes });
    this.#changeBytes += name.length + bytes.length + cacheLimits.keyOverheadBytes;
    if (this.#changeBytes > cacheLimits.fillBytesMax) this.abandon();
  }

  /** The newest event of each key before `reached` that has one, once. */
  *collected(): Generator<readonly [string, Collected]> {
    for (const each of this.#changes) {
      const [name, { bytes }] = each;
      if (name >= this.reached) continue;
      this.#changes.delete(name);
      this.#changeBytes -= name.length + bytes.length + cacheLimits.keyOverheadBytes;
      yield each;
    }
  }

  abandon(): void {
    this.isAbandoned = true;
    this.#changes.clear();
    this.#changeBytes = 0;
  }
}
