import { EtcdError, StatusCode } from '../../../errors.ts';
import { freeWhole } from '../../../memory.ts';
import { isJsonSpace, JsonScanner, JsonSyntaxError } from './json-scanner.ts';

const nothing = Buffer.alloc(0);
/** Limit of unused bytes in the buffers that hold a value. */
const slabBytesMax = 64 * 1024;

/**
 * Splits a body into JSON values as it arrives, like Go's json.Decoder: values follow each other
 * with or without space, and the bytes after a value are not checked before the next value is
 * requested. Holds one chunk, and at most one incomplete value of bounded size before it.
 */
export class JsonValues {
  readonly #valueBytesMax: number;
  /** The last chunk, scanned up to `#at`. */
  #chunk: Buffer = nothing;
  #at = 0;
  /** The scanner of the current value; undefined between values. */
  #scanner: JsonScanner | undefined;
  /**
   * The bytes of the current value before the chunk: full buffers, and a last one that may have
   * free space.
   */
  #full: Buffer[] = [];
  #last: Buffer = nothing;
  #lastBytes = 0;
  #heldBytes = 0;

  constructor({ valueBytesMax }: { readonly valueBytesMax: number }) {
    this.#valueBytesMax = valueBytesMax;
  }

  /** Bytes of the incomplete value, after `next` has returned all complete ones. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Adds a chunk. `next` must have returned all values before. */
  push(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#at = 0;
  }

  /**
   * The next value; undefined if none is complete.
   *
   * @throws JsonSyntaxError at the first invalid byte, EtcdError for a value that is too large
   */
  next(): Buffer | undefined {
    const chunk = this.#chunk;
    if (this.#scanner === undefined) this.#skipSpace();
    const start = this.#at;
    if (start === chunk.length) return undefined;
    this.#scanner ??= new JsonScanner();
    while (this.#at < chunk.length) {
      this.#at = this.#scanner.skipText(chunk, this.#at);
      if (this.#at === chunk.length) break;
      const step = this.#scanner.step(chunk[this.#at] as number);
      if (step !== 'endedBefore') this.#at += 1;
      if (step === 'more') continue;
      return this.#take(chunk.subarray(start, this.#at));
    }
    this.#hold(chunk.subarray(start));
    return undefined;
  }

  /**
   * The last value, at the end of the body. @throws JsonSyntaxError when the value is incomplete
   */
  last(): Buffer | undefined {
    if (this.#scanner === undefined) return undefined;
    if (!this.#scanner.canEnd) throw new JsonSyntaxError('unexpected EOF');
    return this.#take(nothing);
  }

  #skipSpace(): void {
    while (this.#at < this.#chunk.length && isJsonSpace(this.#chunk[this.#at] as number)) this.#at += 1;
  }

  #hold(bytes: Buffer): void {
    const length = this.#heldBytes + bytes.length;
    if (length > this.#valueBytesMax) {
      // The text for a message that is too large. The size of the message is unknown; this is the
      // size of its JSON so far.
      const text = `grpc: received message larger than max (${length} vs. ${this.#valueBytesMax})`;
      throw new EtcdError(StatusCode.resourceExhausted, text);
    }
    for (let at = 0; at < bytes.length; ) {
      if (this.#lastBytes === this.#last.length) this.#grow(bytes.length - at);
      const count = bytes.copy(this.#last, this.#lastBytes, at);
      this.#lastBytes += count;
      at += count;
    }
    this.#heldBytes = length;
  }

  /** Doubles the buffer: a value may arrive in a million pieces. */
  #grow(bytes: number): void {
    if (this.#lastBytes > 0) this.#full.push(this.#last);
    this.#last = Buffer.allocUnsafeSlow(Math.max(bytes, Math.min(this.#heldBytes, slabBytesMax)));
    this.#lastBytes = 0;
  }

  /** Drops the held bytes, and frees their memory at once. */
  drop(): void {
    for (const buffer of this.#full) freeWhole(buffer);
    freeWhole(this.#last);
    this.#full = [];
    this.#last = nothing;
    this.#lastBytes = 0;
    this.#heldBytes = 0;
  }

  /** The value that ends with these bytes. A value that arrived in one chunk is not copied. */
  #take(bytes: Buffer): Buffer {
    this.#scanner = undefined;
    if (this.#heldBytes === 0 && bytes.length <= this.#valueBytesMax) return bytes;
    this.#hold(bytes);
    const value = Buffer.concat([...this.#full, this.#last.subarray(0, this.#lastBytes)]);
    this.drop();
    return value;
  }
}
