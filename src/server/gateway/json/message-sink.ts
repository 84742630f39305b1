import { Writer } from '../../../wire/writer.ts';

/** A tag and a varint take at most 15 bytes, the length of a message at most 5. */
const headBytesMax = 15;
const lengthBytesMax = 5;

/** Writes a message of unknown size. The length of an inner message is inserted at its end. */
export class MessageSink {
  #writer: Writer;

  /** `bytes`: an estimate of the size. */
  constructor(bytes: number) {
    this.#writer = new Writer(bytes + headBytesMax);
  }

  /** Writes a field: a number as a varint, bytes with their length. */
  field(tag: number, value: bigint | Uint8Array): void {
    this.#reserve(headBytesMax + (typeof value === 'bigint' ? 0 : value.length));
    this.#writer.uint32(tag);
    if (typeof value === 'bigint') this.#writer.bigint(value);
    else this.#writer.bytes(value);
  }

  /** Begins an inner message. Pass the result to `leave` at its end. */
  enter(tag: number): number {
    this.#reserve(headBytesMax);
    this.#writer.uint32(tag);
    return this.#writer.position;
  }

  leave(start: number): void {
    this.#reserve(lengthBytesMax);
    const { buffer, position: end } = this.#writer;
    const length = new Writer(lengthBytesMax);
    length.uint32(end - start);
    buffer.copyWithin(start + length.position, start, end);
    buffer.set(length.buffer.subarray(0, length.position), start);
    this.#writer.position = end + length.position;
  }

  finish(): Buffer {
    return this.#writer.buffer.subarray(0, this.#writer.position);
  }

  #reserve(bytes: number): void {
    const { buffer, position } = this.#writer;
    if (buffer.length - position >= bytes) return;
    const grown = new Writer(2 * buffer.length + bytes);
    grown.raw(buffer.subarray(0, position));
    this.#writer = grown;
  }
}
