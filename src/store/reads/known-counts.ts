/**
 * Caches the number of keys of ranges at their latest requested revision. Clients count the same
 * few ranges again and again, and page through a range at one revision.
 */
import { BoundedCache } from '../../kit/bounded-cache.ts';
import { limits } from '../../limits.ts';
import type { Keys } from '../../mvcc/ids.ts';
import type { RangeOperation } from '../../mvcc/operations.ts';
import type { RangeCount, RangePages } from '../../mvcc/reads/range-page.ts';
import { nextKeyText } from '../../sql/key-text.ts';

export class KnownCounts {
  /** How often a requested count was cached, and how often it was not. */
  readonly uses: { hits: number; misses: number };
  readonly #counts = new BoundedCache<RangeCount>({
    countMax: limits.knownCountsMax,
    bytesMax: limits.knownCountsBytesMax,
  });

  constructor(uses = { hits: 0, misses: 0 }) {
    this.uses = uses;
  }

  get(keys: Keys): RangeCount | undefined {
    return this.#counts.get(nameOf(keys));
  }

  /** Stores the count of a first page. */
  store(keys: Keys, { count, readRevision: revision }: RangePages): void {
    if (count === undefined) return;
    this.uses[this.get(keys)?.revision === revision ? 'hits' : 'misses'] += 1;
    this.#counts.set(nameOf(keys), { revision, count });
  }

  /**
   * Stores the count of the keys after a limit. A client that pages through a range needs it for
   * its next page, which starts at the next possible key. A page at a given revision is not read
   * twice, so its own count is dropped.
   */
  storeRest({ keys, revision }: RangeOperation, cutAfter: string, rest: RangeCount): void {
    if ('one' in keys) return;
    if (revision > 0) this.#counts.delete(nameOf(keys));
    this.#counts.set(nameOf({ start: nextKeyText(cutAfter), end: keys.end }), rest);
  }
}

/** The name of a range. A key contains no character 0. */
function nameOf(keys: Keys): string {
  return 'one' in keys ? keys.one : `${keys.start}\u0000${keys.end}`;
}
