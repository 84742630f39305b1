/**
 * Encodes mvccpb.KeyValue into one growing buffer. Written by hand because a list of 10,000 keys
 * spends its time in this loop; bench/codec.md has the figures of the generated codec.
 */

const initialBytes = 16 * 1024;
/** From this size on, `take` returns the buffer itself instead of a copy. */
const handedOverBytesMin = 64 * 1024;

/** The fields of mvccpb.KeyValue. */
export interface EncodableKeyValue {
  readonly key: Uint8Array | string;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  readonly value: Uint8Array | null;
  /** Decimal text; null or '0': no lease. */
  readonly lease: string | null;
}

/** A part of a larger buffer: a value that is not copied first. */
export interface ByteSpan {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/**
 * The key of a row in etcd's bucket `key`: two numbers with `_` between them, and `t` at the end
 * for a deleted key.
 */
export interface RevisionKey {
  readonly revision: number;
  readonly subRevision: number;
  readonly isTombstone: boolean;
}

/** Bytes of this key: two numbers and two marks. */
export const revisionKeyBytesMax = 18;

/** Bytes of a lease: its tag, and seven bits in each of the others. */
export const leaseBytesMax = 11;

/** Encodes messages one after the other. `take` returns the bytes and starts a new buffer. */
export class KeyValueWriter {
  #buffer: Buffer;
  #length = 0;

  /** `bytes`: the initial size of the buffer. */
  constructor(bytes: number = initialBytes) {
    this.#buffer = Buffer.allocUnsafeSlow(bytes);
  }

  get length(): number {
    return this.#length;
  }

  /**
   * Appends a field of type KeyValue: tag, length, message. A string key is written as Latin-1.
   * `value` replaces the value of the key-value.
   */
  field(tag: number, keyValue: EncodableKeyValue, value?: ByteSpan): void {
    const valueBytes = value === undefined ? (keyValue.value?.length ?? 0) : value.end - value.start;
    const size = keyValueBytes(keyValue, valueBytes);
    this.reserve(size + 12);
    this.#buffer[this.#length++] = tag;
    this.#varint(size);
    this.#body(keyValue, valueBytes, value);
  }

  /** Appends the message alone. `value` replaces the value of the key-value. */
  message(keyValue: EncodableKeyValue, value?: ByteSpan): void {
    const valueBytes = value === undefined ? (keyValue.value?.length ?? 0) : value.end - value.start;
    this.reserve(keyValueBytes(keyValue, valueBytes) + 12);
    this.#body(keyValue, valueBytes, value);
  }

  /** Appends a key for etcd's bucket `key`: both numbers in big-endian order. */
  revisionKey({ revision, subRevision, isTombstone }: RevisionKey): void {
    this.reserve(revisionKeyBytesMax);
    this.#wholeNumber(revision);
    this.#buffer[this.#length++] = 0x5f;
    this.#wholeNumber(subRevision);
    if (isTombstone) this.#buffer[this.#length++] = 0x74;
  }

  /** Appends bytes unchanged. */
  raw(...bytes: number[]): void {
    this.reserve(bytes.length);
    for (const byte of bytes) this.#buffer[this.#length++] = byte;
  }

  /**
   * The bytes written since the last `take`, in their own buffer, which can be transferred to
   * another thread.
   */
  take(): Uint8Array {
    const length = this.#length;
    this.#length = 0;
    if (length < handedOverBytesMin) return new Uint8Array(this.#buffer.subarray(0, length));
    const whole = new Uint8Array(this.#buffer.buffer, 0, length);
    this.#buffer = Buffer.allocUnsafeSlow(initialBytes);
    return whole;
  }

  /** Reserves space for a number of bytes. */
  reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(this.#length === 0 ? needed : Math.max(needed, this.#buffer.length * 2));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
  }

  #body(keyValue: EncodableKeyValue, valueBytes: number, value: ByteSpan | undefined): void {
    const { key } = keyValue;
    this.#buffer[this.#length++] = 0x0a;
    this.#varint(key.length);
    if (typeof key === 'string') this.#length += this.#buffer.write(key, this.#length, 'latin1');
    else this.#bytes(key);
    this.#number(0x10, keyValue.createRevision);
    this.#number(0x18, keyValue.modRevision);
    this.#number(0x20, keyValue.version);
    if (valueBytes > 0) {
      this.#buffer[this.#length++] = 0x2a;
      this.#varint(valueBytes);
      if (value === undefined) this.#bytes(keyValue.value as Uint8Array);
      else this.#length += value.bytes.copy(this.#buffer, this.#length, value.start, value.end);
    }
    if (keyValue.lease !== null && keyValue.lease !== '0') this.#bigVarint(0x30, BigInt(keyValue.lease));
  }

  /** 64 bits, big-endian. */
  #wholeNumber(value: number): void {
    this.#buffer.writeUInt32BE(Math.floor(value / 0x1_0000_0000), this.#length);
    this.#buffer.writeUInt32BE(value % 0x1_0000_0000, this.#length + 4);
    this.#length += 8;
  }

  #number(tag: number, value: number): void {
    if (value === 0) return;
    this.#buffer[this.#length++] = tag;
    this.#varint(value);
  }

  #bytes(bytes: Uint8Array): void {
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #varint(value: number): void {
    let rest = value;
    while (rest >= 0x8000_0000) {
      this.#buffer[this.#length++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 0x80) {
      this.#buffer[this.#length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#buffer[this.#length++] = rest;
  }

  #bigVarint(tag: number, value: bigint): void {
    this.#buffer[this.#length++] = tag;
    let rest = BigInt.asUintN(64, value);
    while (rest >= 0x80n) {
      this.#buffer[this.#length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#buffer[this.#length++] = Number(rest);
  }
}

/**
 * An upper bound for the bytes of a message. `variableBytes`: bytes of key, value and lease. No
 * number is larger than `numberMax`.
 */
export function keyValueBytesMax(variableBytes: number, numberMax: number): number {
  return variableBytes + 2 * (1 + varintSize(variableBytes)) + 3 * (1 + varintSize(numberMax));
}

/** Bytes of a message without tag and length. `valueBytes`: bytes of its value. */
function keyValueBytes(keyValue: EncodableKeyValue, valueBytes: number): number {
  let size = 1 + varintSize(keyValue.key.length) + keyValue.key.length;
  size += numberSize(keyValue.createRevision) + numberSize(keyValue.modRevision) + numberSize(keyValue.version);
  if (valueBytes > 0) size += 1 + varintSize(valueBytes) + valueBytes;
  if (keyValue.lease !== null && keyValue.lease !== '0') size += 1 + bigVarintSize(BigInt(keyValue.lease));
  return size;
}

function numberSize(value: number): number {
  return value === 0 ? 0 : 1 + varintSize(value);
}

function varintSize(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  if (value < 0x1000_0000) return 4;
  let size = 5;
  for (let rest = Math.floor(value / 0x8_0000_0000); rest > 0; rest = Math.floor(rest / 128)) size += 1;
  return size;
}

function bigVarintSize(value: bigint): number {
  let size = 1;
  for (let rest = BigInt.asUintN(64, value) >> 7n; rest > 0n; rest >>= 7n) size += 1;
  return size;
}
