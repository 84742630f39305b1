/** Intervals of names, in the order of the names' bytes. Plain data, which can cross threads. */
import { lowerBound } from './lower-bound.ts';

/** Names from `start` on, without `end`. */
export interface Interval<Name extends string = string> {
  readonly start: Name;
  readonly end: Name;
}

/** Sorts intervals, and joins the ones that overlap or touch. */
export function joinedIntervals(intervals: readonly Interval[]): readonly Interval[] {
  const joined: Interval[] = [];
  for (const interval of intervals.toSorted((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))) {
    const last = joined.at(-1);
    if (last === undefined || interval.start > last.end) joined.push(interval);
    else if (interval.end > last.end) joined[joined.length - 1] = { start: last.start, end: interval.end };
  }
  return joined;
}

/** The number of sorted intervals that start at or before a name. */
export function countStartingThrough(intervals: readonly Interval[], name: string): number {
  return lowerBound(intervals, ({ start }) => start > name);
}

/** The interval that contains a name. The intervals are sorted and do not overlap. */
export function intervalAt<Item extends Interval>(intervals: readonly Item[], name: string): Item | undefined {
  const last = intervals[countStartingThrough(intervals, name) - 1];
  return last !== undefined && name < last.end ? last : undefined;
}
