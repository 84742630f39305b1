import type { Interval } from '../kit/intervals.ts';
import type { RowId } from '../mvcc/ids.ts';
import { CachedKey } from './cached-key.ts';
import { type CachedRun, runsOf } from './cached-run.ts';
import { LruOrder } from './lru-order.ts';
import { contentsOf, keyValuesIn, type RunContent } from './run-content.ts';
import { RunList } from './run-list.ts';

/**
 * The entries of the cache: single keys and runs, bounded in bytes. The least recently used entry
 * is evicted first.
 */
export class CacheEntries {
  /** Every event up to this id was passed to `change`. */
  throughId: RowId = 0;
  readonly #bytesMax: number;
  readonly #keys = new Map<string, CachedKey>();
  readonly #runs = new RunList();
  readonly #lru = new LruOrder<CachedKey | CachedRun>();
  /** Runs that became too large or empty. They are split or merged later. */
  readonly #misSized = new Set<CachedRun>();

  constructor({ bytesMax }: { readonly bytesMax: number }) {
    this.#bytesMax = bytesMax;
  }

  /** Bytes with keys and overhead. */
  get bytes(): number {
    return this.#lru.bytes;
  }

  /** The entry that has a key as of `throughId`. */
  entryOf(name: string): CachedKey | CachedRun | undefined {
    const entry = this.#keys.get(name) ?? this.#runs.at(name);
    return entry !== undefined && entry.asOf <= this.throughId ? entry : undefined;
  }

  /** The runs of an interval from its start on, as of `throughId`. Ends at the first gap. */
  *contiguousRuns(interval: Interval): Generator<CachedRun> {
    if (this.#misSized.size > 0) this.#resizeRuns();
    for (const run of this.#runs.contiguousRuns(interval)) {
      if (run.asOf > this.throughId) return;
      yield run;
    }
  }

  /** The parts of an interval that no run covers. */
  gaps(interval: Interval): readonly Interval[] {
    return this.#runs.gaps(interval);
  }

  used(entry: CachedKey | CachedRun): void {
    this.#lru.touch(entry);
    if (!(entry instanceof CachedKey)) entry.isUsed = true;
  }

  /** The key-values of a run. Marks the run as used. */
  contentOf(run: CachedRun): RunContent {
    this.used(run);
    const content = this.#resized(run, () => run.content());
    if (run.isLarge || run.count === 0) this.#misSized.add(run);
    return content;
  }

  /** Adds a key, or replaces it. */
  addKey(key: CachedKey): void {
    const replaced = this.#keys.get(key.name);
    if (replaced !== undefined) this.#drop(replaced);
    this.#keys.set(key.name, key);
    this.#lru.add(key);
  }

  /** Adds runs that cover a gap. */
  addRuns(runs: readonly CachedRun[]): void {
    this.#runs.insert(runs);
    for (const run of runs) this.#lru.add(run);
  }

  /** Applies an event: the new value of its key. */
  change(name: string, id: RowId, bytes: () => Uint8Array): void {
    const key = this.#keys.get(name);
    if (key !== undefined && id > key.asOf) {
      this.#resized(key, () => {
        key.bytes = bytes();
      });
    }
    const run = this.#runs.at(name);
    if (run === undefined || id <= run.asOf) return;
    this.#resized(run, () => run.change(name, bytes()));
    if (run.hasManyChanges) this.#mergeOrDrop(run);
  }

  /** Evicts entries until the bound is kept. */
  shrink(): void {
    while (this.bytes > this.#bytesMax) {
      const { oldest } = this.#lru;
      if (oldest === undefined) return;
      this.#drop(oldest);
    }
  }

  clear(): void {
    this.#keys.clear();
    this.#runs.clear();
    this.#lru.clear();
    this.#misSized.clear();
  }

  /**
   * Merges the changes of a run. Drops the run if it was not read since the last time, because
   * updating it costs more than reading it again.
   */
  #mergeOrDrop(run: CachedRun): void {
    if (!run.isUsed) {
      this.#drop(run);
      return;
    }
    run.isUsed = false;
    this.#resized(run, () => run.content());
    if (run.isLarge) this.#misSized.add(run);
  }

  #drop(entry: CachedKey | CachedRun): void {
    this.#lru.remove(entry);
    if (entry instanceof CachedKey) this.#keys.delete(entry.name);
    else {
      this.#misSized.delete(entry);
      this.#runs.replace(entry, []);
    }
  }

  /** Splits large runs. Merges an empty run into the run before it. */
  #resizeRuns(): void {
    for (const run of this.#misSized) {
      if (run.isLarge) {
        const parts = runsOf(run, contentsOf(keyValuesIn(run.content())), run.asOf);
        this.#lru.remove(run);
        this.#runs.replace(run, parts);
        for (const part of parts) this.#lru.add(part);
      } else if (run.count === 0) {
        const before = this.#runs.adjacentBefore(run);
        if (before === undefined || before.asOf > this.throughId) continue;
        this.#drop(run);
        before.end = run.end;
      }
    }
    this.#misSized.clear();
    this.shrink();
  }

  #resized<Result>(entry: CachedKey | CachedRun, change: () => Result): Result {
    const before = entry.entryBytes;
    const result = change();
    this.#lru.addBytes(entry.entryBytes - before);
    return result;
  }
}
