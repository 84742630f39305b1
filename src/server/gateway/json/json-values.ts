import { EtcdError, StatusCode } from '../../../errors.ts';
import { freeWhole } from '../../../kit/memory.ts';
import { backslash, closeBrace, closeBracket, isJsonSpace, openBrace, openBracket, quote } from './json-bytes.ts';
import { JsonError } from './json-error.ts';

const nothing = Buffer.alloc(0);
/** Limit of unused bytes in the buffers that hold a value. */
const slabBytesMax = 64 * 1024;

/**
 * Splits a body into JSON objects as it arrives, like Go's json.Decoder: objects follow each other
 * with or without space, and the bytes after an object are not looked at before the next one is
 * requested. An object ends where its brackets are balanced; `JsonReader` checks the rest of the
 * grammar. Holds one chunk, and at most one incomplete object of bounded size before it.
 */
export class JsonValues {
  readonly #valueBytesMax: number;
  /** The last chunk, scanned up to `#at`. */
  #chunk: Buffer = nothing;
  #at = 0;
  /** Open brackets of the current value; 0 between values. */
  #depth = 0;
  #within: 'structure' | 'string' | 'escape' = 'structure';
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

  /** Whether a value has begun that is not complete. */
  get isInValue(): boolean {
    return this.#depth > 0;
  }

  /** Bytes of the incomplete value, after `next` has returned all complete ones. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Adds a chunk, whose memory may be freed. `next` must have returned all values before. */
  push(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#at = 0;
  }

  /**
   * The next value; undefined if none is complete.
   *
   * @throws JsonError when a value is no object, EtcdError for a value that is too large
   */
  next(): Buffer | undefined {
    const chunk = this.#chunk;
    if (this.#depth === 0) this.#skipSpace();
    const start = this.#at;
    if (start === chunk.length) return undefined;
    if (this.#depth === 0 && chunk[start] !== openBrace) throw new JsonError('a request is one JSON object');
    for (let at = this.#at; at < chunk.length; at += 1) {
      if (this.#within === 'string') at = textEnd(chunk, at);
      if (at === chunk.length || !this.#endsWith(chunk[at] as number)) continue;
      this.#at = at + 1;
      return this.#take(chunk.subarray(start, this.#at));
    }
    this.#hold(chunk.subarray(start));
    // The copy is held. No other value is in the chunk.
    if (start === 0) freeWhole(chunk);
    this.push(nothing);
    return undefined;
  }

  /** Whether this byte is the last one of the value. */
  #endsWith(byte: number): boolean {
    switch (this.#within) {
      case 'escape':
        this.#within = 'string';
        return false;
      case 'string':
        if (byte === quote) this.#within = 'structure';
        else if (byte === backslash) this.#within = 'escape';
        return false;
      default:
        if (byte === quote) this.#within = 'string';
        else if (byte === openBrace || byte === openBracket) this.#depth += 1;
        else if (byte === closeBrace || byte === closeBracket) this.#depth -= 1;
        return this.#depth === 0;
    }
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
    if (this.#heldBytes === 0 && bytes.length <= this.#valueBytesMax) return bytes;
    this.#hold(bytes);
    const value = Buffer.concat([...this.#full, this.#last.subarray(0, this.#lastBytes)]);
    this.drop();
    return value;
  }
}

/** The offset of the first byte from `start` on that may end a string. */
function textEnd(chunk: Buffer, start: number): number {
  let at = start;
  while (at < chunk.length && chunk[at] !== quote && chunk[at] !== backslash) at += 1;
  return at;
}
