import { setImmediate as nextTurn } from 'node:timers/promises';
import { BoundedCache } from '../kit/bounded-cache.ts';
import type { Interval } from '../kit/intervals.ts';
import { intervalOf, type RowId } from '../mvcc/ids.ts';
import type { RangeOperation } from '../mvcc/operations.ts';
import type { PointRead } from '../mvcc/reads/point-reads.ts';
import type { RangePages, RangeRequest } from '../mvcc/reads/range-page.ts';
import type { Head, LogEvent, RangeResult } from '../mvcc/results.ts';
import { successor } from '../sql/key-text.ts';
import type { EventFedCache, EventFeed } from '../watch/events/event-fed-cache.ts';
import type { Position } from '../watch/position.ts';
import { CacheEntries } from './cache-entries.ts';
import { cacheLimits } from './cache-limits.ts';
import { CachedCounts } from './cached-counts.ts';
import { CachedKey } from './cached-key.ts';
import { cachedPage, countKeys, isCacheable, type PageSource } from './cached-page.ts';
import { type CachedRun, runsOf } from './cached-run.ts';
import { EventWaits } from './event-waits.ts';
import { Fill } from './fill.ts';
import { keyValuesOf, type NamedBytes } from './key-value-bytes.ts';
import { RepeatFilter } from './repeat-filter.ts';
import { absent, contentsOf, indexFrom } from './run-content.ts';

export interface ReadCacheOptions {
  /** Bytes of key-values with their keys and overhead. 0: nothing is cached. */
  readonly bytesMax: number;
  /** The newest head that this process has seen. */
  latestHead(): Head;
}

/** The position of the cache when a read arrived; undefined: the cache was empty. */
export type ReadStart = RowId | undefined;

/**
 * The newest key-values that are read repeatedly, encoded: single keys, intervals with all of their
 * keys, and the number of keys of intervals. The watch hub feeds it with every event while it is
 * not empty.
 *
 * An answer is linearizable if the cache's position has reached a head that was read from the
 * database after the request arrived. `mayAnswer` checks this.
 */
export class ReadCache implements EventFedCache {
  /** Reads that the cache answered, and reads that it could have answered. */
  readonly uses = { hits: 0, misses: 0 };
  readonly #options: ReadCacheOptions;
  readonly #entries: CacheEntries;
  readonly #counts = new CachedCounts();
  readonly #fills = new Set<Fill>();
  readonly #waits = new EventWaits();
  readonly #repeats = new RepeatFilter();
  /** Lists that are too large for the cache, by the names of their fills. */
  readonly #tooLarge = new BoundedCache<true>({
    countMax: cacheLimits.tooLargeMax,
    bytesMax: cacheLimits.tooLargeBytesMax,
  });
  #feed: EventFeed | undefined;
  /** Every event up to here is applied. Undefined: the cache is empty and receives no events. */
  #position: Position | undefined;
  /** Bytes of events that were applied since the cache was last used. */
  #unusedBytes = 0;

  constructor(options: ReadCacheOptions) {
    this.#options = options;
    this.#entries = new CacheEntries(options);
  }

  /** Bytes of all entries, with keys and overhead. */
  get bytes(): number {
    return this.#entries.bytes;
  }

  connect(feed: EventFeed): void {
    if (this.#options.bytesMax > 0) this.#feed = feed;
  }

  apply(events: readonly LogEvent[], from: Position, to: Position): void {
    if (this.#position === undefined) return;
    if (from.id !== this.#position.id) {
      this.clear();
      return;
    }
    for (const event of events) this.#applyEvent(event);
    this.#moveTo(to);
    if (this.#unusedBytes > Math.max(cacheLimits.unusedEventBytesMin, this.bytes)) this.clear();
    this.#entries.shrink();
    this.#waits.reached(to.id);
    this.#endIfEmpty();
  }

  clear(): void {
    this.#entries.clear();
    this.#counts.clear();
    for (const fill of this.#fills) fill.abandon();
    this.#fills.clear();
    this.#endIfEmpty();
  }

  /**
   * Runs a read that keeps the cache current. If the read fails, clears the cache: after an outage
   * the database may be another one.
   */
  async readOrClear<Result>(read: () => Promise<Result>): Promise<Result> {
    try {
      return await read();
    } catch (error) {
      this.clear();
      throw error;
    }
  }

  /**
   * Receives every head that this process sees. If the cache is far behind a head, it is cleared,
   * because it is not worth reading the events between.
   */
  observeHead(head: Head): void {
    if (this.#position !== undefined && head.id - this.#position.id > cacheLimits.idsBehindMax) this.clear();
  }

  /** Called before the head is read from the database. */
  startRead(): ReadStart {
    return this.#position?.id;
  }

  /**
   * Whether the cache may answer a request that arrived before this head was read. Waits a short
   * time for events that are about to arrive.
   */
  async mayAnswer(readStart: ReadStart, head: Head): Promise<boolean> {
    if (this.#position === undefined || readStart === undefined) return false;
    // The database has lost rows: it was restored, or a standby without these rows took over.
    const { id, revision } = this.#position;
    if (head.id < readStart || (head.id === id && head.revision !== revision)) this.clear();
    else if (id < head.id) await this.#waits.wait(head.id);
    return this.#position !== undefined && this.#position.id >= head.id;
  }

  /** Whether the cache has a key. */
  hasKey({ key, withValue }: PointRead): boolean {
    return withValue && this.#position !== undefined && this.#entries.entryOf(key) !== undefined;
  }

  /** Answers a read of one key, after `mayAnswer`; undefined: the key was evicted. */
  key({ key }: PointRead): RangeResult | undefined {
    const entry = this.#entries.entryOf(key);
    if (entry === undefined || this.#position === undefined) return undefined;
    this.#entries.used(entry);
    this.#hit();
    const bytes = entry instanceof CachedKey ? entry.bytes : entry.get(key);
    const count = bytes.length === 0 ? 0 : 1;
    const blocks = count === 0 ? [] : [{ bytes, count }];
    return { kind: 'range', revision: this.#position.revision, blocks, more: false, count };
  }

  /**
   * Offers a key that was read from the database at this head. `bytes` are copied; empty: the key
   * does not exist.
   */
  offerKey({ key, withValue }: PointRead, bytes: Uint8Array, head: Head): void {
    if (this.#feed === undefined || !withValue) return;
    this.uses.misses += 1;
    if (bytes.length > this.#options.bytesMax * cacheLimits.keyPartMax || !this.#repeats.isRepeat(key)) return;
    if (!this.#hasAllSince(head)) return;
    if (this.#entries.entryOf(key) === undefined) {
      this.#entries.addKey(new CachedKey(key, copyOf(bytes), head.id));
      this.#entries.shrink();
    }
    this.#endIfEmpty();
  }

  /** Whether the cache has the beginning of a range. */
  hasPage(operation: RangeOperation): boolean {
    if (this.#position === undefined || !isCacheable(operation)) return false;
    const interval = intervalOf(operation.keys);
    if (operation.countOnly) return this.#source.count(interval) !== undefined;
    for (const _run of this.#source.contiguousRuns(interval)) return true;
    return false;
  }

  /**
   * Answers a page of a range: the first one after `mayAnswer`, later ones without. Undefined: the
   * page is not in the cache.
   */
  page(request: RangeRequest): RangePages | undefined {
    const now = this.#position;
    if (now === undefined || !isCacheable(request.operation)) return undefined;
    const page = cachedPage(request, this.#source);
    if (page === undefined) return undefined;
    this.#hit();
    return { ...page, head: { ...this.#options.latestHead(), ...now }, readRevision: now.revision };
  }

  /**
   * Called before a range is read from the database. Undefined: the range is not to be cached. The
   * caller ends the fill with `endFill`.
   */
  beginFill(operation: RangeOperation): Fill | undefined {
    if (this.#feed === undefined || operation.revision > 0 || !isCacheable(operation)) return undefined;
    this.uses.misses += 1;
    const interval = intervalOf(operation.keys);
    const name = `${interval.start}\u0000${interval.end}\u0000${operation.limit}`;
    if (operation.countOnly || !this.#repeats.isRepeat(name) || this.#tooLarge.get(name) === true) return undefined;
    if (this.#fills.size >= cacheLimits.fillsMax || !this.#startFeed()) return undefined;
    const fill = new Fill(name, interval);
    this.#fills.add(fill);
    return fill;
  }

  /**
   * Offers a page of a range that was read from the database. Its bytes are copied, one block in
   * each turn of the event loop.
   */
  async offerPage(fill: Fill | undefined, { operation, position }: RangeRequest, page: RangePages): Promise<void> {
    if (position === undefined) this.#offerCount(operation, page);
    if (fill === undefined) return;
    if (position === undefined) fill.asOf = page.head.id;
    // Pages before this one may have come from the cache, which may have evicted them since.
    else fill.reached = successor(position.afterName);
    for (const [index, { bytes }] of page.blocks.entries()) {
      if (index > 0) await nextTurn();
      const keyValues = [...keyValuesOf(bytes)];
      this.#storeThrough(fill, keyValues, successor(keyValues.at(-1)?.[0] ?? ''));
    }
    const isCut = page.more || page.next !== undefined;
    if (!isCut) this.#storeThrough(fill, [], fill.interval.end);
  }

  endFill(fill: Fill): void {
    this.#fills.delete(fill);
    this.#endIfEmpty();
  }

  /** Stores the key-values of a fill up to `end`. There are no others before `end`. */
  #storeThrough(fill: Fill, keyValues: readonly NamedBytes[], end: string): void {
    if (fill.isAbandoned) return;
    const names = keyValues.map(([name]) => name);
    for (const gap of this.#entries.gaps({ start: fill.reached, end })) {
      const contents = contentsOf(keyValues.slice(indexFrom(names, gap.start), indexFrom(names, gap.end)));
      const runs = runsOf(gap, contents, fill.asOf);
      this.#entries.addRuns(runs);
      for (const { entryBytes } of runs) fill.bytes += entryBytes;
    }
    fill.reached = end;
    for (const [name, { id, bytes }] of fill.collected()) this.#entries.change(name, id, () => bytes);
    if (fill.bytes > this.#options.bytesMax * cacheLimits.fillPartMax) {
      fill.abandon();
      this.#tooLarge.set(fill.name, true);
    }
    this.#entries.shrink();
  }

  #offerCount({ keys, revision }: RangeOperation, { count, head }: RangePages): void {
    if (this.#feed === undefined || count === undefined || revision > 0 || 'one' in keys) return;
    const interval = intervalOf(keys);
    if (!this.#repeats.isRepeat(countName(interval))) return;
    if (this.#hasAllSince(head)) this.#counts.add(interval, count, head.id);
    this.#endIfEmpty();
  }

  /**
   * Whether every event after a head is applied from now on, and no applied event is newer than the
   * head. A head after the newest one is from before a rewind.
   */
  #hasAllSince(head: Head): boolean {
    const position = this.#startFeed();
    return position !== undefined && position.id <= head.id && head.id <= this.#options.latestHead().id;
  }

  get #source(): PageSource {
    const { id, revision } = this.#position ?? { id: 0, revision: 0 };
    const contiguousRuns = (interval: Interval) => this.#entries.contiguousRuns(interval);
    const contentOf = (run: CachedRun) => this.#entries.contentOf(run);
    const count = (interval: Interval) => {
      const cached = this.#counts.get(interval, id);
      if (cached !== undefined) return cached;
      const counted = countKeys(interval, { contiguousRuns, contentOf });
      if (counted !== undefined && this.#repeats.isRepeat(countName(interval))) this.#counts.add(interval, counted, id);
      return counted;
    };
    return { revision, contiguousRuns, contentOf, count };
  }

  #applyEvent(event: LogEvent): void {
    const { id, key, type, body } = event;
    this.#unusedBytes += body.length;
    let copied: Uint8Array | undefined;
    const bytes = () => {
      // The body of a put is the key-value in the form that lists use.
      copied ??= type === 'delete' ? absent : copyOf(body);
      return copied;
    };
    this.#counts.change(event);
    this.#entries.change(key, id, bytes);
    for (const fill of this.#fills) if (fill.collects(key)) fill.collect(key, id, bytes());
  }

  #hit(): void {
    this.uses.hits += 1;
    this.#unusedBytes = 0;
  }

  /** Starts the feed of events. Undefined: there is no hub, or the database was not reached yet. */
  #startFeed(): Position | undefined {
    if (this.#position === undefined && this.#options.latestHead().id > 0) {
      const position = this.#feed?.begin();
      if (position !== undefined) this.#moveTo(position);
      this.#unusedBytes = 0;
    }
    return this.#position;
  }

  #moveTo(position: Position): void {
    this.#position = position;
    this.#entries.throughId = position.id;
  }

  #endIfEmpty(): void {
    if (this.#position === undefined || this.bytes > 0 || this.#counts.size > 0 || this.#fills.size > 0) return;
    this.#position = undefined;
    this.#waits.endAll();
    this.#feed?.end();
  }
}

function countName({ start, end }: Interval): string {
  return `${start}\u0000${end}`;
}

function copyOf(bytes: Uint8Array): Uint8Array {
  return bytes.length === 0 ? absent : new Uint8Array(bytes);
}
