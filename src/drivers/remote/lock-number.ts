import { randomInt } from 'node:crypto';
import type { LockNumber } from '../../mvcc/writes/state-cache.ts';

/** `randomInt` draws fewer than 2^48. */
const lockNumberMax = 2 ** 48 - 1;

/** A number for the row of the revision lock: nobody else ever leaves the same. */
export function freshLockNumber(): LockNumber {
  return randomInt(lockNumberMax);
}
