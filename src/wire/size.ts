import { halves, splitInt64 } from './int64-halves.ts';

/** Bytes that `Writer` will need. */

const INT32_MAX = 0x7fff_ffff;

/** Of `Writer.uint32`. */
export function sizeUint32(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  if (value < 0x1000_0000) return 4;
  return 5;
}

/** Of `Writer.number`. */
export function sizeNumber(value: number): number {
  if (value < 0) return 10;
  if (value <= INT32_MAX) return sizeUint32(value);
  if (value < 2 ** 35) return 5;
  if (value < 2 ** 42) return 6;
  if (value < 2 ** 49) return 7;
  if (value < 2 ** 56) return 8;
  if (value < 2 ** 63) return 9;
  return 10;
}

/** Of `Writer.bigint`. */
export function sizeBigint(value: bigint): number {
  splitInt64(value);
  const { low, high } = halves;
  if (high === 0) return sizeUint32(low);
  // Seven bits a byte, of the 32 lower ones and those of the upper half that are used.
  return Math.ceil((64 - Math.clz32(high)) / 7);
}

/** Of `Writer.bytes`. */
export function sizeBytes(value: Uint8Array): number {
  return sizeLength(value.length);
}

/** Of `Writer.string`. */
export function sizeString(value: string): number {
  return sizeLength(Buffer.byteLength(value));
}

/** A length and what has that length. */
export function sizeLength(length: number): number {
  return sizeUint32(length) + length;
}
