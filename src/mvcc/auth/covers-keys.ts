import { countStartingThrough, type Interval, intervalAt } from '../../kit/intervals.ts';
import type { Keys } from '../ids.ts';

/** Whether joined intervals contain all of the keys. */
export function coversKeys(permitted: readonly Interval[], keys: Keys): boolean {
  if ('one' in keys) return intervalAt(permitted, keys.one) !== undefined;
  const { start, end } = keys;
  const interval = permitted[countStartingThrough(permitted, start) - 1];
  if (start < end) return interval !== undefined && end <= interval.end;
  // An empty interval must not bypass the check: etcd requires a permission on both of its sides.
  return interval !== undefined && interval.start <= end && start < interval.end;
}
