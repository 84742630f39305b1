/**
 * Sets of key intervals, in which permissions are stored. Spans are sorted and joined where they
 * touch, so one span decides. They are plain data, because they cross threads with an operation.
 */
import { endOfKeys } from '../../sql/key-text.ts';
import type { Keys } from '../ids.ts';

/** Names from `start` on, without `end`. */
export interface KeySpan {
  readonly start: string;
  readonly end: string;
}

/** Sorts spans and joins the ones that touch. */
export function joinedSpans(spans: readonly KeySpan[]): readonly KeySpan[] {
  const joined: KeySpan[] = [];
  for (const span of spans.toSorted((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))) {
    const last = joined.at(-1);
    if (last === undefined || span.start > last.end) joined.push(span);
    else if (span.end > last.end) joined[joined.length - 1] = { start: last.start, end: span.end };
  }
  return joined;
}

/** Whether all of the keys are in the spans. The spans are joined. */
export function coversKeys(spans: readonly KeySpan[], keys: Keys): boolean {
  if ('one' in keys) return coversName(spans, keys.one);
  const end = keys.end ?? endOfKeys;
  const span = spans[countStartingThrough(spans, keys.start) - 1];
  if (keys.start < end) return span !== undefined && end <= span.end;
  // An empty interval must not bypass the check: etcd requires a permission on both of its sides.
  return span !== undefined && span.start <= end && keys.start < span.end;
}

/** Whether one name is in the spans. */
export function coversName(spans: readonly KeySpan[], name: string): boolean {
  const span = spans[countStartingThrough(spans, name) - 1];
  return span !== undefined && name < span.end;
}

/** The number of spans that start at or before a name. */
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
