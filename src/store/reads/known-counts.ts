/**
 * Caches the number of keys of ranges. The number stays right while nothing is written, and clients
 * count the same few ranges again and again.
 */

import { BoundedCache } from '../../kit/bounded-cache.ts';
import { limits } from '../../limits.ts';
import type { Keys } from '../../mvcc/ids.ts';
import type { RangeCount, RangePages } from '../../mvcc/reads/range-page.ts';

export class KnownCounts {
  /** How often a requested count was cached, and how often it was not. */
  readonly uses = { hits: 0, misses: 0 };
  readonly #counts = new BoundedCache<RangeCount>({
    countMax: limits.knownCountsMax,
    bytesMax: limits.knownCountsBytesMax,
  });

  get(keys: Keys): RangeCount | undefined {
    return this.#counts.get(nameOf(keys));
  }

  /** Stores the count of a page at the latest revision. */
  store(keys: Keys, { count, head, readRevision }: RangePages): void {
    if (count === undefined || readRevision !== head.revision) return;
    const name = nameOf(keys);
    this.uses[this.#counts.get(name)?.atId === head.id ? 'hits' : 'misses'] += 1;
    this.#counts.set(name, { atId: head.id, count });
  }
}

/** The name of a range. A key contains no character 0. */
function nameOf(keys: Keys): string {
  return 'one' in keys ? keys.one : `${keys.start}\u0000${keys.end}`;
}
