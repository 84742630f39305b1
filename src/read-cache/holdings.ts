import type { RowId } from '../mvcc/operations.ts';
import type { NameInterval } from '../mvcc/reads/read-point.ts';
import { CachedKey } from './cached-key.ts';
import { type CachedRun, runsOf } from './cached-run.ts';
import { Recency } from './recency.ts';
import { contentsOf, keyValuesIn, type RunContent } from './run-content.ts';
import { RunList } from './run-list.ts';

/** What the cache holds: single keys and runs, bounded in bytes. What was not used for longest is evicted first. */
export class Holdings {
  /** Every event through this id was given to `change`. */
  throughId: RowId = 0;
  readonly #bytesMax: number;
  readonly #keys = new Map<string, CachedKey>();
  readonly #runs = new RunList();
  readonly #recency = new Recency<CachedKey | CachedRun>();
  /** Runs that became large or empty while they were read. */
  readonly #untidy = new Set<CachedRun>();

  constructor({ bytesMax }: { readonly bytesMax: number }) {
    this.#bytesMax = bytesMax;
  }

  /** With keys and overhead. */
  get bytes(): number {
    return this.#recency.bytes;
  }

  /** What holds a key as it is at `throughId`. */
  holderOf(name: string): CachedKey | CachedRun | undefined {
    const holder = this.#keys.get(name) ?? this.#runs.at(name);
    return holder !== undefined && holder.asOf <= this.throughId ? holder : undefined;
  }

  /** The runs of an interval from its start on, as they are at `throughId`; ends where a part of it is missing. */
  *along(interval: NameInterval): Generator<CachedRun> {
    if (this.#untidy.size > 0) this.#tidy();
    for (const run of this.#runs.along(interval)) {
      if (run.asOf > this.throughId) return;
      yield run;
    }
  }

  /** The parts of an interval that no run covers. */
  gaps(interval: NameInterval): readonly NameInterval[] {
    return this.#runs.gaps(interval);
  }

  used(held: CachedKey | CachedRun): void {
    this.#recency.touch(held);
    if (!(held instanceof CachedKey)) held.isUsed = true;
  }

  /** The key-values of a run, which is used hereby. */
  contentOf(run: CachedRun): RunContent {
    this.used(run);
    const content = this.#resized(run, () => run.content());
    if (run.isLarge || run.count === 0) this.#untidy.add(run);
    return content;
  }

  /** In place of one that was read before, if there is one. */
  addKey(key: CachedKey): void {
    const replaced = this.#keys.get(key.name);
    if (replaced !== undefined) this.#drop(replaced);
    this.#keys.set(key.name, key);
    this.#recency.add(key);
  }

  /** Runs that cover a gap. */
  addRuns(runs: readonly CachedRun[]): void {
    this.#runs.insert(runs);
    for (const run of runs) this.#recency.add(run);
  }

  /** An event of an id: what its key has from now on. */
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
    if (run.isWorn) this.#weigh(run);
  }

  /** Evicts until the bound is kept. */
  shrink(): void {
    while (this.bytes > this.#bytesMax) {
      const { oldest } = this.#recency;
      if (oldest === undefined) return;
      this.#drop(oldest);
    }
  }

  clear(): void {
    this.#keys.clear();
    this.#runs.clear();
    this.#recency.clear();
    this.#untidy.clear();
  }

  /** Nobody reads it: keeping it up costs more than reading it again. */
  #weigh(run: CachedRun): void {
    if (!run.isUsed) {
      this.#drop(run);
      return;
    }
    run.isUsed = false;
    this.#resized(run, () => run.content());
    if (run.isLarge) this.#untidy.add(run);
  }

  #drop(held: CachedKey | CachedRun): void {
    this.#recency.remove(held);
    if (held instanceof CachedKey) this.#keys.delete(held.name);
    else {
      this.#untidy.delete(held);
      this.#runs.replace(held, []);
    }
  }

  /** Large runs become several, one without keys a part of the run before. */
  #tidy(): void {
    for (const run of this.#untidy) {
      if (run.isLarge) {
        const parts = runsOf(run, contentsOf(keyValuesIn(run.content())), run.asOf);
        this.#recency.remove(run);
        this.#runs.replace(run, parts);
        for (const part of parts) this.#recency.add(part);
      } else if (run.count === 0) {
        const before = this.#runs.touching(run);
        if (before === undefined || before.asOf > this.throughId) continue;
        this.#drop(run);
        before.end = run.end;
      }
    }
    this.#untidy.clear();
    this.shrink();
  }

  #resized<Result>(held: CachedKey | CachedRun, change: () => Result): Result {
    const before = held.heldBytes;
    const result = change();
    this.#recency.grew(held.heldBytes - before);
    return result;
  }
}
