import { countStartingThrough, type Interval, intervalAt } from '../../kit/intervals.ts';
import type { Keys } from '../ids.ts';

/** Whether joined intervals contain all of the keys. */
export function coversKeys(permitted: readonly Interval[], keys: Keys): boolean {
  if ('one' in keys) return intervalAt(permitted, keys.one) !== undefined;
  const { start, end } = keys;
  // A range without keys must not bypass the check: etcd requires a permission for its start.
  if (start >= end) return intervalAt(permitted, start) !== undefined;
  const interval = permitted[countStartingThrough(permitted, start) - 1];
  return interval !== undefined && end <= interval.end;
}
