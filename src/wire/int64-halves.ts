/**
 * Splits 64-bit integers into 32-bit numbers and joins them, through shared memory. Several times
 * faster than shifts of bigints, each of which creates a new bigint.
 */
const words = new Uint32Array(2);
const signed = new BigInt64Array(words.buffer);
const unsigned = new BigUint64Array(words.buffer);

// The index of the lower word depends on the processor's byte order.
unsigned[0] = 1n;
const LOW = words[0] === 1 ? 0 : 1;
const HIGH = 1 - LOW;

/** The halves of the last split. Valid until the next call. */
export const halves = { low: 0, high: 0 };

/** Fills `halves` with the two's complement of a value, cut to 64 bits. */
export function splitInt64(value: bigint): void {
  unsigned[0] = value;
  halves.low = words[LOW] as number;
  halves.high = words[HIGH] as number;
}

/** From -2^63 to 2^63-1. Only the lower 32 bits of each half count. */
export function joinInt64(low: number, high: number): bigint {
  words[LOW] = low;
  words[HIGH] = high;
  return signed[0] as bigint;
}

/** From 0 to 2^64-1. Only the lower 32 bits of each half count. */
export function joinUint64(low: number, high: number): bigint {
  words[LOW] = low;
  words[HIGH] = high;
  return unsigned[0] as bigint;
}
