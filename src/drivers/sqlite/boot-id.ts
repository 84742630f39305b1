import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';

/**
 * A number that identifies the current boot of the machine. The monotonic clock counts from the
 * boot, so times of two boots cannot be compared. Where the system has no boot id (it is not
 * Linux), each process uses a random number and starts with the wall clock.
 */
export function bootId(): number {
  try {
    const text = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1');
    // 52 bits, which every database and a double can store.
    return Number.parseInt(text.replaceAll('-', '').slice(0, 13), 16);
  } catch {
    return randomInt(2 ** 47);
  }
}
