/** How many keys ranges had when they were last counted. While nothing is written, the answer is the same: clients ask for the same few ranges all the time. */
import { limits } from '../limits.ts';
import type { Keys } from '../mvcc/operations.ts';
import type { KnownCount, RangePages } from '../mvcc/range-page.ts';
import { BoundedCache } from '../text/bounded-cache.ts';

export class KnownCounts {
  /** How often a count that was asked for was known, and how often not. */
  readonly uses = { hits: 0, misses: 0 };
  readonly #counts = new BoundedCache<KnownCount>({
    countMax: limits.knownCountsMax,
    bytesMax: limits.knownCountsBytesMax,
  });

  get(keys: Keys): KnownCount | undefined {
    return this.#counts.get(nameOf(keys));
  }

  /** Keeps what a page of the latest revision counted. */
  store(keys: Keys, { count, head, readRevision }: RangePages): void {
    if (count === undefined || readRevision !== head.revision) return;
    const name = nameOf(keys);
    this.uses[this.#counts.get(name)?.atId === head.id ? 'hits' : 'misses'] += 1;
    this.#counts.set(name, { atId: head.id, count });
  }
}

/** A key has no character 0. */
function nameOf(keys: Keys): string {
  return 'one' in keys ? keys.one : `${keys.start}\u0000${keys.end ?? ''}`;
}
