import { Writer } from '../../../wire/writer.ts';

/** A tag and a varint take 15 bytes at most, a message's length 5. */
const headBytesMax = 15;
const lengthBytesMax = 5;

/** Writes a message whose size is not known before: the length of a message within it goes in when it has ended. */
export class MessageSink {
  #writer: Writer;

  /** `bytes`: a guess at the size. */
  constructor(bytes: number) {
    this.#writer = new Writer(bytes + headBytesMax);
  }

  /** A field with its value: a number as a varint, bytes with their length. */
  field(tag: number, value: bigint | Uint8Array): void {
    this.#makeRoom(headBytesMax + (typeof value === 'bigint' ? 0 : value.length));
    this.#writer.uint32(tag);
    if (typeof value === 'bigint') this.#writer.bigint(value);
    else this.#writer.bytes(value);
  }

  /** Begins a message within this one; what is returned goes to `leave` at its end. */
  enter(tag: number): number {
    this.#makeRoom(headBytesMax);
    this.#writer.uint32(tag);
    return this.#writer.position;
  }

  leave(start: number): void {
    this.#makeRoom(lengthBytesMax);
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

  #makeRoom(bytes: number): void {
    const { buffer, position } = this.#writer;
    if (buffer.length - position >= bytes) return;
    const grown = new Writer(2 * buffer.length + bytes);
    grown.raw(buffer.subarray(0, position));
    this.#writer = grown;
  }
}
