import { halves, splitInt64 } from './int64-halves.ts';

/** The largest number that JavaScript's bit operations can split. */
const UINT32_MAX = 0xffff_ffff;
const TWO_POW_32 = 0x1_0000_0000;

/**
 * Writes protobuf fields into a buffer of exactly the required size, which the caller computes with
 * the functions of size.ts. Two passes cost less than growing a buffer, or than moving written
 * bytes to insert a length.
 */
export class Writer {
  readonly buffer: Buffer;
  /** Offset of the next byte. */
  position = 0;

  /** `size`: bytes of everything that will be written. */
  constructor(size: number) {
    this.buffer = Buffer.allocUnsafe(size);
  }

  /** The full buffer. */
  finish(): Buffer {
    if (this.position !== this.buffer.length) {
      throw new Error(`assertion failed: ${this.position} bytes written of ${this.buffer.length}`);
    }
    return this.buffer;
  }

  /** A tag (`number << 3 | type`), a length, or an unsigned number of up to 32 bits. */
  uint32(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.buffer[this.position++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.buffer[this.position++] = rest;
  }

  /** An enum's number or an int32. A negative number takes ten bytes. */
  int32(value: number): void {
    this.number(value);
  }

  bool(value: boolean): void {
    this.buffer[this.position++] = value ? 1 : 0;
  }

  /** A whole number, as int64 or uint64. */
  number(value: number): void {
    if (value >= 0 && value <= UINT32_MAX) this.uint32(value);
    else this.halves(value | 0, Math.floor(value / TWO_POW_32) >>> 0);
  }

  /** All 64 bits of a number, negative ones as two's complement. */
  bigint(value: bigint): void {
    splitInt64(value);
    const { low, high } = halves;
    if (high === 0) this.uint32(low);
    else this.halves(low, high);
  }

  /** A length and the bytes. */
  bytes(value: Uint8Array): void {
    this.uint32(value.length);
    this.raw(value);
  }

  /** A length and the text in UTF-8. */
  string(value: string): void {
    this.uint32(Buffer.byteLength(value));
    this.position += this.buffer.write(value, this.position);
  }

  /** Bytes that are already encoded. */
  raw(value: Uint8Array): void {
    this.buffer.set(value, this.position);
    this.position += value.length;
  }

  /** A varint of more than 32 bits. */
  private halves(low: number, high: number): void {
    let lowRest = low >>> 0;
    let highRest = high >>> 0;
    while (highRest > 0) {
      this.buffer[this.position++] = (lowRest & 0x7f) | 0x80;
      lowRest = ((lowRest >>> 7) | (highRest << 25)) >>> 0;
      highRest >>>= 7;
    }
    this.uint32(lowRest);
  }
}
