import { EtcdError, StatusCode } from '../../../errors.ts';
import { freeWhole } from '../../../memory.ts';
import { isJsonSpace, JsonScanner, JsonSyntaxError } from './json-scanner.ts';

const nothing = Buffer.alloc(0);
/** Of the buffers that hold a value: no more than this much of them is empty. */
const slabBytesMax = 64 * 1024;

/**
 * Cuts JSON values out of a body as it arrives, as Go's json.Decoder does: they follow each other with or without space
 * between them, and what follows a value is not looked at before the next is asked for. Holds one chunk, and before it
 * one value that is incomplete, of bounded size.
 */
export class JsonValues {
  readonly #valueBytesMax: number;
  /** What arrived last, looked at up to `#at`. */
  #chunk: Buffer = nothing;
  #at = 0;
  /** Of the value under way; undefined between values. */
  #scanner: JsonScanner | undefined;
  /** What came of it before the chunk, in buffers that are full, and the last one, which need not be. */
  #full: Buffer[] = [];
  #last: Buffer = nothing;
  #lastBytes = 0;
  #heldBytes = 0;

  constructor({ valueBytesMax }: { readonly valueBytesMax: number }) {
    this.#valueBytesMax = valueBytesMax;
  }

  /** Bytes of the value that is incomplete, once `next` has given all that are whole. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Once `next` has given all there was before. */
  push(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#at = 0;
  }

  /**
   * The next value; undefined when none is whole.
   *
   * @throws JsonSyntaxError at the first byte that cannot be, EtcdError for a value that is too large
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

  /** The last value, when the body is over and it ends with it. @throws JsonSyntaxError when the value is not whole */
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
      // The words for a message that is too large. The message's own size is not known: this much of its JSON has come.
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

  /** As much again as there is: a value may come in a million pieces. */
  #grow(bytes: number): void {
    if (this.#lastBytes > 0) this.#full.push(this.#last);
    this.#last = Buffer.allocUnsafeSlow(Math.max(bytes, Math.min(this.#heldBytes, slabBytesMax)));
    this.#lastBytes = 0;
  }

  /** Forgets what is held. Its memory is free at once. */
  drop(): void {
    for (const buffer of this.#full) freeWhole(buffer);
    freeWhole(this.#last);
    this.#full = [];
    this.#last = nothing;
    this.#lastBytes = 0;
    this.#heldBytes = 0;
  }

  /** The value that ends with these bytes; one that came whole is not copied. */
  #take(bytes: Buffer): Buffer {
    this.#scanner = undefined;
    if (this.#heldBytes === 0 && bytes.length <= this.#valueBytesMax) return bytes;
    this.#hold(bytes);
    const value = Buffer.concat([...this.#full, this.#last.subarray(0, this.#lastBytes)]);
    this.drop();
    return value;
  }
}
