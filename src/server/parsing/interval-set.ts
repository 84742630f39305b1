import { type Interval, intervalAt, joinedIntervals } from '../../kit/intervals.ts';
import { intervalOf, type Keys } from '../../mvcc/ids.ts';
import { endOfKeys } from '../../sql/key-text.ts';

/** A union of key intervals. Adding is cheap. The first look-up after it joins the intervals. */
export class IntervalSet {
  #intervals: readonly Interval[] = [];
  readonly #added: Interval[] = [];

  /**
   * The range end "\0" means all keys from a key on. etcd takes it as an end in byte order here, so
   * the interval is empty and overlaps nothing.
   */
  add(keys: Keys): void {
    const interval = intervalOf(keys);
    if (interval.start < interval.end && interval.end !== endOfKeys) this.#added.push(interval);
  }

  addAll(other: IntervalSet): void {
    for (const interval of other.#joined()) this.#added.push(interval);
  }

  has(key: string): boolean {
    return intervalAt(this.#joined(), key) !== undefined;
  }

  #joined(): readonly Interval[] {
    if (this.#added.length > 0) this.#intervals = joinedIntervals([...this.#intervals, ...this.#added.splice(0)]);
    return this.#intervals;
  }
}
