import type { Interval } from '../kit/intervals.ts';
import type { RowId } from '../mvcc/ids.ts';
import { cacheLimits } from './cache-limits.ts';
import type { CacheEntry } from './lru-order.ts';
import { emptyContent, keyValueOf, type RunContent, withChanges } from './run-content.ts';

/**
 * An interval of keys with all of its key-values. Changes are collected separately, and merged into
 * the content when the run is read.
 */
export class CachedRun implements CacheEntry, Interval {
  readonly start: string;
  end: string;
  /** The run was read at this id: it includes all earlier events. */
  readonly asOf: RowId;
  older: CacheEntry | undefined;
  newer: CacheEntry | undefined;
  /** Whether it was read since its changes were last merged. */
  isUsed = false;
  /** The number of keys. */
  count: number;
  #content: RunContent;
  #contentBytes: number;
  #changes = new Map<string, Uint8Array>();
  #changeBytes = 0;

  constructor({ start, end }: Interval, content: RunContent, asOf: RowId) {
    this.start = start;
    this.end = end;
    this.asOf = asOf;
    this.count = content.names.length;
    this.#content = content;
    this.#contentBytes = bytesOf(content);
  }

  get entryBytes(): number {
    return cacheLimits.runOverheadBytes + this.#contentBytes + this.#changeBytes;
  }

  /** Whether its changes take more bytes than reading it again. */
  get hasManyChanges(): boolean {
    return this.#changeBytes > this.#contentBytes + cacheLimits.runBytes;
  }

  /** Whether it should be split. */
  get isLarge(): boolean {
    const { names, bytes } = this.#content;
    return names.length > 1 && (bytes.length > 2 * cacheLimits.runBytes || names.length > 2 * cacheLimits.runKeysMax);
  }

  /** The key-value of a key in the interval; `absent`: the key does not exist. */
  get(name: string): Uint8Array {
    return this.#changes.get(name) ?? keyValueOf(this.#content, name);
  }

  /** Sets the value of a key in the interval; `absent`: the key was deleted. */
  change(name: string, bytes: Uint8Array): void {
    if (this.get(name).length > 0) this.count -= 1;
    if (bytes.length > 0) this.count += 1;
    const replaced = this.#changes.get(name);
    if (replaced !== undefined) this.#changeBytes -= changeBytes(name, replaced);
    this.#changeBytes += changeBytes(name, bytes);
    this.#changes.set(name, bytes);
  }

  /** All current key-values. */
  content(): RunContent {
    if (this.#changes.size > 0) {
      this.#content = withChanges(this.#content, this.#changes);
      this.#contentBytes = bytesOf(this.#content);
      this.#changes = new Map();
      this.#changeBytes = 0;
    }
    return this.#content;
  }
}

/** Creates runs that cover an interval, from key-values in the order of their keys. */
export function runsOf(interval: Interval, contents: readonly RunContent[], asOf: RowId): readonly CachedRun[] {
  if (contents.length === 0) return [new CachedRun(interval, emptyContent, asOf)];
  const startOf = (index: number) => (index === 0 ? interval.start : (contents[index]?.names[0] as string));
  return contents.map((content, index) => {
    const end = index + 1 === contents.length ? interval.end : startOf(index + 1);
    return new CachedRun({ start: startOf(index), end }, content, asOf);
  });
}

function bytesOf({ names, bytes }: RunContent): number {
  let sum = bytes.length;
  for (const name of names) sum += name.length + cacheLimits.runKeyOverheadBytes;
  return sum;
}

function changeBytes(name: string, bytes: Uint8Array): number {
  return name.length + bytes.length + cacheLimits.keyOverheadBytes;
}
