/** Unions of key intervals, as rights are: sorted, and joined where they touch, so that one span decides. Plain data: they cross threads with an operation. */
import { endOfKeys } from '../../sql/key-text.ts';
import type { Keys } from '../ids.ts';

/** Names from `start` on, up to and without `end`. */
export interface KeySpan {
  readonly start: string;
  readonly end: string;
}

/** Spans as they come, sorted and joined. */
export function joinedSpans(spans: readonly KeySpan[]): readonly KeySpan[] {
  const joined: KeySpan[] = [];
  for (const span of spans.toSorted((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))) {
    const last = joined.at(-1);
    if (last === undefined || span.start > last.end) joined.push(span);
    else if (span.end > last.end) joined[joined.length - 1] = { start: last.start, end: span.end };
  }
  return joined;
}

/** Whether every one of the keys is in the spans, which are joined. */
export function coversKeys(spans: readonly KeySpan[], keys: Keys): boolean {
  if ('one' in keys) return coversName(spans, keys.one);
  const end = keys.end ?? endOfKeys;
  const span = spans[countStartingThrough(spans, keys.start) - 1];
  if (keys.start < end) return span !== undefined && end <= span.end;
  // An interval without keys is no way around: etcd wants a right on both sides of it.
  return span !== undefined && span.start <= end && keys.start < span.end;
}

/** The same of one name. */
export function coversName(spans: readonly KeySpan[], name: string): boolean {
  const span = spans[countStartingThrough(spans, name) - 1];
  return span !== undefined && name < span.end;
}

/** How many spans start at or before a name. */
function countStartingThrough(spans: readonly KeySpan[], name: string): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((spans[middle] as KeySpan).start <= name) low = middle + 1;
    else high = middle;
  }
  return low;
}
