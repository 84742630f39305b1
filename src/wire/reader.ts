import { isUtf8 } from 'node:buffer';
import { joinInt64, joinUint64 } from './int64-halves.ts';
import { WireError, WireTextError } from './wire-error.ts';
import { WireType } from './wire-type.ts';

/**
 * The largest nesting depth of messages. etcd's library allows 10,000, which would overflow the
 * stack here. Transactions are nested a few levels deep, and each level takes two messages.
 */
export const messageDepthMax = 400;

/** A message has fewer fields. */
const unboundedFields = 0x3fff_ffff;

const TWO_POW_32 = 0x1_0000_0000;

/**
 * Reads the bytes of one protobuf message. For any bytes, it stays inside them and ends, and it
 * throws `WireError` where they are malformed.
 */
export class Reader {
  private readonly buffer: Buffer;
  /** Offset of the next byte. */
  position = 0;
  /**
   * Offset of the end of the message that is being read: the outermost message, or a nested one.
   */
  end: number;
  private depth = 0;
  /** Fields and items that may still be read. */
  private fieldsLeft: number;
  // Halves of the last varint: two 32-bit numbers, because JavaScript's bit operations have 32
  // bits.
  private low = 0;
  private high = 0;

  /** A message with more than `fieldsMax` fields, with the ones of nested messages, is refused. */
  constructor(bytes: Uint8Array, fieldsMax: number = unboundedFields) {
    this.buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.end = bytes.length;
    this.fieldsLeft = fieldsMax;
  }

  /** The next field's number and wire type, `number << 3 | type`; 0 at the end of the message. */
  tag(): number {
    if (!this.hasItem()) return 0;
    this.high = 0;
    const tag = this.uint32();
    if (tag < 8 || this.high !== 0) throw new WireError('a field number out of range');
    return tag;
  }

  /** Whether there is another field, or another item of a packed list. Counts it. */
  hasItem(): boolean {
    if (this.position === this.end) return false;
    this.fieldsLeft--;
    if (this.fieldsLeft < 0) throw new WireError('too many fields');
    return true;
  }

  /** A varint's lower 32 bits, unsigned. */
  uint32(): number {
    const byte = this.position < this.end ? this.buffer[this.position] : undefined;
    if (byte !== undefined && byte < 0x80) {
      this.position++;
      return byte;
    }
    this.varint();
    return this.low >>> 0;
  }

  /** A varint's lower 32 bits, signed: an enum, or an int32. */
  int32(): number {
    return this.uint32() | 0;
  }

  bool(): boolean {
    this.varint();
    return (this.low | this.high) !== 0;
  }

  /** Rounded outside of +-2^53. */
  int64(): number {
    this.varint();
    return this.high * TWO_POW_32 + (this.low >>> 0);
  }

  /** Rounded above 2^53. */
  uint64(): number {
    this.varint();
    return (this.high >>> 0) * TWO_POW_32 + (this.low >>> 0);
  }

  int64Exact(): bigint {
    this.varint();
    return joinInt64(this.low, this.high);
  }

  uint64Exact(): bigint {
    this.varint();
    return joinUint64(this.low, this.high);
  }

  /** Not a copy: it shares memory with the message. */
  bytes(): Uint8Array {
    const end = this.lengthEnd();
    const bytes = this.buffer.subarray(this.position, end);
    this.position = end;
    return bytes;
  }

  string(): string {
    const bytes = this.bytes();
    if (!isUtf8(bytes)) throw new WireTextError('a string is not UTF-8');
    return (bytes as Buffer).toString('utf8');
  }

  /** Begins a nested message. The caller passes the result to `leave` at the end of the message. */
  enter(): number {
    const outerEnd = this.end;
    const end = this.lengthEnd();
    if (++this.depth > messageDepthMax) throw new WireError('messages nested too deep');
    this.end = end;
    return outerEnd;
  }

  leave(outerEnd: number): void {
    this.depth--;
    this.end = outerEnd;
  }

  /** Skips a field that the schema does not have, or has with another wire type. */
  skip(tag: number): void {
    switch (tag & 7) {
      case WireType.varint:
        this.varint();
        break;
      case WireType.fixed64:
        this.advance(8);
        break;
      case WireType.bytes:
        this.position = this.lengthEnd();
        break;
      case WireType.groupStart:
        this.skipGroup(tag);
        break;
      case WireType.fixed32:
        this.advance(4);
        break;
      default:
        throw new WireError(`unexpected wire type ${tag & 7}`);
    }
  }

  private skipGroup(startTag: number): void {
    if (++this.depth > messageDepthMax) throw new WireError('groups nested too deep');
    const endTag = ((startTag & ~7) | WireType.groupEnd) >>> 0;
    for (;;) {
      const tag = this.tag();
      if (tag === 0) throw new WireError('a group without an end');
      if (tag === endTag) break;
      this.skip(tag);
    }
    this.depth--;
  }

  private advance(count: number): void {
    if (count > this.end - this.position) throw new WireError('cut off');
    this.position += count;
  }

  /** Reads a length, and returns the offset of the end of the bytes with this length. */
  private lengthEnd(): number {
    this.varint();
    const length = (this.high >>> 0) * TWO_POW_32 + (this.low >>> 0);
    if (length > this.end - this.position) throw new WireError('cut off');
    return this.position + length;
  }

  /** Reads a varint into `low` and `high`. */
  private varint(): void {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        this.low = low;
        this.high = 0;
        return;
      }
    }
    // The fifth byte has bits of both halves.
    let byte = this.byte();
    low |= byte << 28;
    high = (byte & 0x7f) >>> 4;
    for (let shift = 3; byte >= 0x80; shift += 7) {
      if (shift > 31) throw new WireError('a varint of more than 10 bytes');
      byte = this.byte();
      // The tenth byte may contain only bit 63.
      if (shift === 31 && byte > 1) throw new WireError('a varint of more than 64 bits');
      high |= (byte & 0x7f) << shift;
    }
    this.low = low;
    this.high = high;
  }

  private byte(): number {
    const byte = this.position < this.end ? this.buffer[this.position++] : undefined;
    if (byte === undefined) throw new WireError('cut off');
    return byte;
  }
}
