import { IntervalTree } from '../kit/interval-tree.ts';
import type { Interval } from '../kit/intervals.ts';
import type { RowId } from '../mvcc/ids.ts';
import type { LogEvent } from '../mvcc/results.ts';
import { cacheLimits } from './cache-limits.ts';
import { isFirstVersion } from './key-value-bytes.ts';

interface CachedCount {
  readonly name: string;
  readonly interval: Interval;
  /** The keys were counted at this id: the count includes all earlier events. */
  readonly asOf: RowId;
  count: number;
}

/** The number of keys of intervals of any size. Events update the numbers. */
export class CachedCounts {
  /** In the order of use, the least recently used first. */
  readonly #counts = new Map<string, CachedCount>();
  readonly #intervals = new IntervalTree<CachedCount>();
  readonly #matches: CachedCount[] = [];
  #bytes = 0;

  get size(): number {
    return this.#counts.size;
  }

  /** The number of keys at an id up to which all events were passed to `change`. */
  get(interval: Interval, throughId: RowId): number | undefined {
    const name = nameOf(interval);
    const cached = this.#counts.get(name);
    if (cached === undefined || cached.asOf > throughId) return undefined;
    this.#counts.delete(name);
    this.#counts.set(name, cached);
    return cached.count;
  }

  add(interval: Interval, count: number, asOf: RowId): void {
    const name = nameOf(interval);
    const cached = { name, interval, asOf, count };
    this.#remove(this.#counts.get(name));
    this.#counts.set(name, cached);
    this.#intervals.add(interval, cached);
    this.#bytes += name.length;
    while (this.#counts.size > cacheLimits.countsMax || this.#bytes > cacheLimits.countsBytesMax) {
      this.#remove(this.#counts.values().next().value);
    }
  }

  change({ id, key, type, body }: LogEvent): void {
    if (this.#counts.size === 0) return;
    const matches = this.#matches;
    this.#intervals.match(key, matches);
    if (matches.length > 0) {
      const added = type === 'delete' ? -1 : isFirstVersion(body) ? 1 : 0;
      for (const cached of matches) if (id > cached.asOf) cached.count += added;
    }
    matches.length = 0;
  }

  clear(): void {
    for (const cached of this.#counts.values()) this.#remove(cached);
  }

  #remove(cached: CachedCount | undefined): void {
    if (cached === undefined) return;
    this.#counts.delete(cached.name);
    this.#intervals.remove(cached.interval, cached);
    this.#bytes -= cached.name.length;
  }
}

function nameOf({ start, end }: Interval): string {
  return `${start}\u0000${end}`;
}
