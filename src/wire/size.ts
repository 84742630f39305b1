import { halves, splitInt64 } from './int64-halves.ts';

/** The number of bytes that `Writer` needs. */

const INT32_MAX = 0x7fff_ffff;

/** Bytes of `Writer.uint32`. */
export function sizeUint32(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  if (value < 0x1000_0000) return 4;
  return 5;
}

/** Bytes of `Writer.number`. */
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

/** Bytes of `Writer.bigint`. */
export function sizeBigint(value: bigint): number {
  splitInt64(value);
  const { low, high } = halves;
  if (high === 0) return sizeUint32(low);
  // Seven bits a byte: the lower 32 bits, and the used bits of the upper half.
  return Math.ceil((64 - Math.clz32(high)) / 7);
}

/** Bytes of `Writer.bytes`. */
export function sizeBytes(value: Uint8Array): number {
  return sizeLength(value.length);
}

/** Bytes of `Writer.string`. */
export function sizeString(value: string): number {
  return sizeLength(Buffer.byteLength(value));
}

/** Bytes of a length and the content of this length. */
export function sizeLength(length: number): number {
  return sizeUint32(length) + length;
}
