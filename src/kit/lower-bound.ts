/**
 * Binary search: the first index at which a condition holds, or the length if it never holds. The
 * condition must hold at every later index too.
 */
export function lowerBound<Item>(items: readonly Item[], holds: (item: Item) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(items[middle] as Item)) high = middle;
    else low = middle + 1;
  }
  return low;
}
