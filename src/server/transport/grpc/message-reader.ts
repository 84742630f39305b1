import { StatusCode } from '../../../errors.ts';
import { freeWhole } from '../../../memory.ts';
import { GrpcError } from './status.ts';

/** gRPC's prefix of each message: a byte that says whether it is compressed, and its length in four bytes. */
export const prefixBytes = 5;

const nothing = Buffer.alloc(0);
const assemblyBytesMin = 4096;

/** Cuts a stream of bytes into gRPC messages, each when it is asked for. */
export class MessageReader {
  readonly #messageBytesMax: number;
  /** What arrived and was not taken yet is between start and end. */
  #bytes: Buffer = nothing;
  #start = 0;
  #end = 0;
  /** The bytes are a buffer of our own, with room at its end; otherwise they are what arrived, untouched. */
  #isAssembly = false;
  #isCompressed = false;

  constructor({ messageBytesMax }: { readonly messageBytesMax: number }) {
    this.#messageBytesMax = messageBytesMax;
  }

  /** Bytes that arrived and were not given by `next`. */
  get heldBytes(): number {
    return this.#end - this.#start;
  }

  /** Bytes that are still to come of the message that is next; 0 when it is whole, or its length is not there or not allowed. */
  get missingBytes(): number {
    const held = this.heldBytes;
    if (held < prefixBytes) return 0;
    const length = this.#bytes.readUInt32BE(this.#start + 1);
    return length > this.#messageBytesMax ? 0 : Math.max(0, prefixBytes + length - held);
  }

  /** Of the message that `next` gave last. */
  get isCompressed(): boolean {
    return this.#isCompressed;
  }

  push(chunk: Buffer): void {
    if (this.#start === this.#end) {
      this.#bytes = chunk;
      this.#start = 0;
      this.#end = chunk.length;
      this.#isAssembly = false;
      return;
    }
    this.#makeRoom(chunk.length);
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /**
   * The next whole message, a view of what arrived where it arrived in one piece.
   *
   * @throws GrpcError with grpc-go's texts for a message that is too large, as soon as its length is known.
   */
  next(): Buffer | undefined {
    const start = this.#start;
    if (this.#end - start < prefixBytes) return undefined;
    const messageStart = start + prefixBytes;
    const messageEnd = messageStart + this.#length();
    if (messageEnd > this.#end) return undefined;
    this.#start = messageEnd;
    return this.#bytes.subarray(messageStart, messageEnd);
  }

  /** Copies what is left of what arrived: a few bytes must not keep the whole buffer that they came in. */
  detach(): void {
    if (this.#start === this.#end) {
      this.#bytes = nothing;
      this.#start = 0;
      this.#end = 0;
      this.#isAssembly = false;
    } else if (!this.#isAssembly) {
      this.#assemble(this.heldBytes);
    }
  }

  /** Memory that what is held takes, once it is detached. */
  get memoryBytes(): number {
    return this.#bytes.length;
  }

  /** Reads the prefix. */
  #length(): number {
    const flag = this.#bytes[this.#start] ?? 0;
    if (flag > 1) throw new GrpcError(StatusCode.internal, `grpc: received unexpected payload format ${flag}`);
    this.#isCompressed = flag === 1;
    const length = this.#bytes.readUInt32BE(this.#start + 1);
    if (length > this.#messageBytesMax) {
      const text = `grpc: received message larger than max (${length} vs. ${this.#messageBytesMax})`;
      throw new GrpcError(StatusCode.resourceExhausted, text);
    }
    return length;
  }

  /** Grows by doubling, no further than the message: it may come in a million pieces, and may be announced and never come. */
  #makeRoom(bytes: number): void {
    if (this.#isAssembly && this.#bytes.length - this.#end >= bytes) return;
    const held = this.heldBytes;
    const wanted = Math.max(2 * held, assemblyBytesMin);
    const isAtLeast = held + bytes;
    this.#assemble(Math.max(isAtLeast, Math.min(wanted, held + this.missingBytes)));
  }

  /** Moves what is held to the start of a buffer of its own. */
  #assemble(capacity: number): void {
    const held = this.heldBytes;
    const own = Buffer.allocUnsafeSlow(capacity);
    own.set(this.#bytes.subarray(this.#start, this.#end));
    // No message was given out of it, so nothing else refers to it.
    if (this.#isAssembly && this.#start === 0) freeWhole(this.#bytes);
    this.#bytes = own;
    this.#start = 0;
    this.#end = held;
    this.#isAssembly = true;
  }
}
