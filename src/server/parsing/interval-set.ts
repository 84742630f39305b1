import type { Keys } from '../../mvcc/operations.ts';
import { countStartingThrough } from '../../text/count-starting-through.ts';

/** The keys from `start` up to `end`, without `end`. */
interface Span {
  readonly start: string;
  readonly end: string;
}

/** A union of key intervals. Adding is cheap. The first look-up after it sorts the intervals. */
export class IntervalSet {
  #spans: Span[] = [];
  #isSorted = true;

  /**
   * The range end "\0" means all keys from a key on. etcd takes it as an end in byte order here, so
   * the interval is empty and overlaps nothing.
   */
  add(keys: Keys): void {
    if ('one' in keys) this.#push({ start: keys.one, end: `${keys.one}\0` });
    else if (keys.end !== undefined && keys.start < keys.end) this.#push({ start: keys.start, end: keys.end });
  }

  addAll(other: IntervalSet): void {
    for (const span of other.#spans) this.#push(span);
  }

  has(key: string): boolean {
    this.#sort();
    const span = this.#spans[countStartingThrough(this.#spans, key) - 1];
    return span !== undefined && key < span.end;
  }

  #push(span: Span): void {
    this.#spans.push(span);
    this.#isSorted = false;
  }

  /** Sorts and joins intervals that touch, so that at most one contains a key. */
  #sort(): void {
    if (this.#isSorted) return;
    this.#spans.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
    const joined: Span[] = [];
    for (const span of this.#spans) {
      const last = joined.at(-1);
      if (last === undefined || span.start > last.end) joined.push(span);
      else if (span.end > last.end) joined[joined.length - 1] = { start: last.start, end: span.end };
    }
    this.#spans = joined;
    this.#isSorted = true;
  }
}
