import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';

/**
 * A number for this run of the machine: its monotonic clock counts from the start of the machine, and times of two runs cannot be compared. Where the system names no run
 * (it is not Linux), each process gets a number of its own and begins with the wall clock.
 */
export function bootId(): number {
  try {
    const text = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1');
    // 52 bits, so that every database and a double hold it.
    return Number.parseInt(text.replaceAll('-', '').slice(0, 13), 16);
  } catch {
    return randomInt(2 ** 47);
  }
}
