import { sizeUint32 } from './size.ts';

const chunkBytes = 4096;
/**
 * Up to this size, bytes are copied into a chunk. Larger bytes are cheaper to pass on as a piece.
 */
const copiedBytesMax = 1024;

/**
 * Writes a message as a list of pieces. Large bytes that are already encoded are passed on without
 * a copy.
 */
export class PieceWriter {
  readonly #pieces: Uint8Array[] = [];
  #chunk: Buffer = Buffer.allocUnsafe(chunkBytes);
  #start = 0;
  #end = 0;

  /** A varint of up to 53 bits: a tag, a length, a count, a revision. */
  varint(value: number): void {
    this.#reserve(10);
    let rest = value;
    while (rest >= 0x80) {
      this.#chunk[this.#end++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#chunk[this.#end++] = rest;
  }

  /** A number field. As in proto3, 0 is left out. */
  number(tag: number, value: number): void {
    if (value === 0) return;
    this.varint(tag);
    this.varint(value);
  }

  /** Appends encoded bytes unchanged. */
  raw(bytes: Uint8Array): void {
    if (bytes.length > copiedBytesMax) {
      this.#flush();
      this.#pieces.push(bytes);
      return;
    }
    this.#reserve(bytes.length);
    this.#chunk.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  finish(): readonly Uint8Array[] {
    this.#flush();
    return this.#pieces;
  }

  #reserve(bytes: number): void {
    if (this.#end + bytes <= this.#chunk.length) return;
    this.#flush();
    this.#chunk = Buffer.allocUnsafe(chunkBytes);
    this.#start = 0;
    this.#end = 0;
  }

  #flush(): void {
    if (this.#end > this.#start) this.#pieces.push(this.#chunk.subarray(this.#start, this.#end));
    this.#start = this.#end;
  }
}

/** Bytes of a varint of up to 53 bits. */
export function varintSize(value: number): number {
  if (value < 2 ** 31) return sizeUint32(value);
  return 4 + varintSize(Math.floor(value / 2 ** 28));
}

/** Bytes of `PieceWriter.number`, with a tag of one byte. */
export function numberSize(value: number): number {
  return value === 0 ? 0 : 1 + varintSize(value);
}

/** Bytes of a field that is a message, with a tag of one byte. */
export function messageFieldSize(bytes: number): number {
  return 1 + varintSize(bytes) + bytes;
}
