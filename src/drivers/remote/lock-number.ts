import { randomInt } from 'node:crypto';
import type { LockNumber } from '../../mvcc/writes/state-cache.ts';

/** `randomInt` draws numbers below 2^48. */
const lockNumberMax = 2 ** 48 - 1;

/** A number for the row of the revision lock. No other transaction ever writes the same one. */
export function freshLockNumber(): LockNumber {
  return randomInt(lockNumberMax);
}
