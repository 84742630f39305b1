/** Of intervals in the order of their starts, how many start at or before a name: the last of these is the only one that can hold it, where they do not overlap. */
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
