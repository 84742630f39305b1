import { StatusCode } from '../../../errors.ts';
import { freeWhole } from '../../../kit/memory.ts';
import { GrpcError } from './status.ts';

/** gRPC's prefix of each message: one byte for the compressed flag, four bytes for the length. */
export const prefixBytes = 5;

const nothing = Buffer.alloc(0);
const assemblyBytesMin = 4096;

/** Splits a byte stream into gRPC messages, each on request. */
export class MessageReader {
  readonly #messageBytesMax: number;
  /** The received bytes that were not taken yet are between start and end. */
  #bytes: Buffer = nothing;
  #start = 0;
  #end = 0;
  /**
   * The buffer is our own, with space at its end. Otherwise it is the received chunk, unchanged.
   */
  #isAssembly = false;
  #isCompressed = false;

  constructor({ messageBytesMax }: { readonly messageBytesMax: number }) {
    this.#messageBytesMax = messageBytesMax;
  }

  /** Received bytes that `next` has not returned. */
  get heldBytes(): number {
    return this.#end - this.#start;
  }

  /**
   * Missing bytes of the next message. 0 if the message is complete, or if its length is unknown or
   * not allowed.
   */
  get missingBytes(): number {
    const held = this.heldBytes;
    if (held < prefixBytes) return 0;
    const length = this.#bytes.readUInt32BE(this.#start + 1);
    return length > this.#messageBytesMax ? 0 : Math.max(0, prefixBytes + length - held);
  }

  /** Whether the last message of `next` is compressed. */
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
    this.#grow(chunk.length);
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /**
   * The next whole message. It is a view of the chunk if it arrived in one chunk.
   *
   * @throws GrpcError with grpc-go's text for a message that is too large, as soon as its length is
   * known.
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

  /** Copies the rest, so that a few bytes do not keep the whole received buffer in memory. */
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

  /** Memory of the held bytes, once they are detached. */
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

  /**
   * Doubles the buffer, but not beyond the message. A message may arrive in a million pieces, or be
   * announced and never arrive.
   */
  #grow(bytes: number): void {
    if (this.#isAssembly && this.#bytes.length - this.#end >= bytes) return;
    const held = this.heldBytes;
    const doubled = Math.max(2 * held, assemblyBytesMin);
    const isAtLeast = held + bytes;
    this.#assemble(Math.max(isAtLeast, Math.min(doubled, held + this.missingBytes)));
  }

  /** Moves the held bytes to the start of a new buffer. */
  #assemble(capacity: number): void {
    const held = this.heldBytes;
    const own = Buffer.allocUnsafeSlow(capacity);
    own.set(this.#bytes.subarray(this.#start, this.#end));
    // No message is a view of this buffer, so there is no other reference to it.
    if (this.#isAssembly && this.#start === 0) freeWhole(this.#bytes);
    this.#bytes = own;
    this.#start = 0;
    this.#end = held;
    this.#isAssembly = true;
  }
}
