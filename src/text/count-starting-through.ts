/**
 * The number of intervals that start at or before a name. The intervals are ordered by start. If
 * they do not overlap, only the last of these can contain the name.
 */
export function countStartingThrough(intervals: readonly { readonly start: string }[], name: string): number {
  let low = 0;
  let high = intervals.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((intervals[middle] as { readonly start: string }).start <= name) low = middle + 1;
    else high = middle;
  }
  return low;
}
