import type { RowId } from '../mvcc/operations.ts';
import type { PagePosition, RangePages } from '../mvcc/range-page.ts';
import type { NameInterval } from '../mvcc/read-point.ts';
import { successor } from '../sql/key-text.ts';
import { cacheLimits } from './cache-limits.ts';
import { type CachedRun, runsOf } from './cached-run.ts';
import { keyValuesOf, type NamedBytes } from './key-value-bytes.ts';
import { contentsOf } from './run-content.ts';

/** An interval that is being read into the cache, page by page at one revision. It collects the events that happen to its keys until their page is there. */
export class Fill {
  readonly name: string;
  readonly interval: NameInterval;
  /** Of the runs made so far. */
  bytes = 0;
  /** Nothing more of it goes into the cache. */
  isAbandoned = false;
  /** What is read is as of this id: earlier events are in it. */
  #asOf: RowId = 0;
  readonly #changes = new Map<string, { readonly id: RowId; readonly bytes: Uint8Array }>();
  #changeBytes = 0;

  constructor(name: string, interval: NameInterval) {
    this.name = name;
    this.interval = interval;
  }

  /** Whether it wants events of a key. */
  wants(name: string): boolean {
    return !this.isAbandoned && name >= this.interval.start && name < this.interval.end;
  }

  /** An event of a key: what it has from now on. */
  collect(name: string, id: RowId, bytes: Uint8Array): void {
    this.#changes.set(name, { id, bytes });
    this.#changeBytes += name.length + bytes.length + cacheLimits.keyOverheadBytes;
    if (this.#changeBytes > cacheLimits.fillBytesMax) this.abandon();
  }

  /** Runs for the parts of a page that `gaps` names. */
  runsOf(
    page: RangePages,
    position: PagePosition | undefined,
    gaps: (part: NameInterval) => readonly NameInterval[],
  ): readonly (readonly CachedRun[])[] {
    if (position === undefined) this.#asOf = page.head.id;
    const keyValues = page.blocks.flatMap(({ bytes }) => [...keyValuesOf(bytes)]);
    const lastName = keyValues.at(-1)?.[0];
    const isCut = page.more || page.next !== undefined;
    const start = position === undefined ? this.interval.start : successor(position.afterName);
    // A page of no keys that is cut shows nothing.
    const end = !isCut ? this.interval.end : lastName === undefined ? start : successor(lastName);
    return gaps({ start, end }).map((gap) => this.#runsOfGap(gap, keyValues));
  }

  abandon(): void {
    this.isAbandoned = true;
    this.#changes.clear();
    this.#changeBytes = 0;
  }

  #runsOfGap(gap: NameInterval, keyValues: readonly NamedBytes[]): readonly CachedRun[] {
    const isInGap = (name: string) => name >= gap.start && name < gap.end;
    const contents = contentsOf(keyValues.filter(([name]) => isInGap(name)));
    const runs = runsOf(gap, contents, this.#asOf);
    for (const [name, { id, bytes }] of this.#changes) {
      if (isInGap(name) && id > this.#asOf) runs.find(({ end }) => name < end)?.change(name, bytes);
    }
    for (const { heldBytes } of runs) this.bytes += heldBytes;
    return runs;
  }
}
