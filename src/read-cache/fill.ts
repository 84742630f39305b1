import type { Interval } from '../kit/intervals.ts';
import type { RowId } from '../mvcc/ids.ts';
import { cacheLimits } from './cache-limits.ts';

interface Collected {
  readonly id: RowId;
  readonly bytes: Uint8Array;
}

/**
 * An interval that is being read into the cache, block by block at one revision. It collects the
 * events of its keys until their block is stored.
 */
export class Fill {
  readonly name: string;
  readonly interval: Interval;
  /** The interval is read at this id: it includes all earlier events. */
  asOf: RowId = 0;
  /** The keys before this name are read. */
  reached: string;
  /** Bytes of the runs stored so far. */
  bytes = 0;
  /** Set when nothing more of it is to be cached. */
  isAbandoned = false;
  readonly #changes = new Map<string, Collected>();
  #changeBytes = 0;

  constructor(name: string, interval: Interval) {
    this.name = name;
    this.interval = interval;
    this.reached = interval.start;
  }

  /** Whether it collects the events of a key. */
  collects(name: string): boolean {
    return !this.isAbandoned && name >= this.reached && name < this.interval.end;
  }

  /** Collects an event: the new value of a key. */
  collect(name: string, id: RowId, bytes: Uint8Array): void {
    this.#changes.set(name, { id, bytes });
    this.#changeBytes += name.length + bytes.length + cacheLimits.keyOverheadBytes;
    if (this.#changeBytes > cacheLimits.fillBytesMax) this.abandon();
  }

  /** Removes and returns the newest collected event of each key before `reached`. */
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
