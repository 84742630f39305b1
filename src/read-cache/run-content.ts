import { lowerBound } from '../kit/lower-bound.ts';
import { cacheLimits } from './cache-limits.ts';
import type { NamedBytes } from './key-value-bytes.ts';

/**
 * Key-values in the order of their keys, encoded back to back. Immutable, because replies on their
 * way to clients refer to the bytes.
 */
export interface RunContent {
  readonly names: readonly string[];
  /** Where each key-value ends in `bytes`. */
  readonly ends: readonly number[];
  readonly bytes: Uint8Array;
}

/** The value of a key that does not exist. */
export const absent = new Uint8Array(0);

export const emptyContent: RunContent = { names: [], ends: [], bytes: absent };

/** Copies key-values, which are in the order of their keys, into one content. */
export function contentOf(keyValues: readonly NamedBytes[]): RunContent {
  let length = 0;
  for (const [, bytes] of keyValues) length += bytes.length;
  const copied = Buffer.allocUnsafeSlow(length);
  const names: string[] = [];
  const ends: number[] = [];
  let end = 0;
  for (const [name, bytes] of keyValues) {
    copied.set(bytes, end);
    end += bytes.length;
    names.push(name);
    ends.push(end);
  }
  return { names, ends, bytes: copied };
}

/** Copies key-values into several contents of bounded size. */
export function contentsOf(keyValues: Iterable<NamedBytes>): readonly RunContent[] {
  const contents: RunContent[] = [];
  let taken: NamedBytes[] = [];
  let length = 0;
  for (const each of keyValues) {
    const isFull = length + each[1].length > cacheLimits.runBytes || taken.length === cacheLimits.runKeysMax;
    if (isFull && taken.length > 0) {
      contents.push(contentOf(taken));
      taken = [];
      length = 0;
    }
    taken.push(each);
    length += each[1].length;
  }
  if (taken.length > 0) contents.push(contentOf(taken));
  return contents;
}

/** The index of the first key that is not before a name. */
export function indexFrom(names: readonly string[], name: string): number {
  return lowerBound(names, (each) => each >= name);
}

/** Where a key-value begins. */
export function startOf({ ends }: RunContent, index: number): number {
  return index === 0 ? 0 : (ends[index - 1] as number);
}

/** The key-value of a name; `absent` if the key does not exist. */
export function keyValueOf(content: RunContent, name: string): Uint8Array {
  const index = indexFrom(content.names, name);
  return content.names[index] === name ? valueAt(content, index) : absent;
}

/** All key-values, one by one. */
export function* keyValuesIn(content: RunContent): Generator<NamedBytes> {
  for (const [index, name] of content.names.entries()) yield [name, valueAt(content, index)];
}

/** The content after changes: the new key-value of each name, or `absent`. */
export function withChanges(content: RunContent, changes: ReadonlyMap<string, Uint8Array>): RunContent {
  const { names } = content;
  const changed: NamedBytes[] = [];
  let index = 0;
  const keepBefore = (end: number) => {
    for (; index < end; index += 1) changed.push([names[index] as string, valueAt(content, index)]);
  };
  for (const name of [...changes.keys()].sort()) {
    keepBefore(indexFrom(names, name));
    if (names[index] === name) index += 1;
    const bytes = changes.get(name) ?? absent;
    if (bytes.length > 0) changed.push([name, bytes]);
  }
  keepBefore(names.length);
  return contentOf(changed);
}

function valueAt(content: RunContent, index: number): Uint8Array {
  return content.bytes.subarray(startOf(content, index), content.ends[index]);
}
