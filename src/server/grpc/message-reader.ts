import { EtcdError, StatusCode } from '../../errors.ts';

/** gRPC's prefix of each message: a byte that says whether it is compressed, and its length in four bytes. */
export const prefixBytes = 5;

const nothing = Buffer.alloc(0);
const assemblyBytesMin = 4096;

/** Cuts a stream of bytes into gRPC messages. Holds no more than one message that is incomplete. */
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

  /** Bytes that arrived and are no whole message, once `next` has given all there are. */
  get heldBytes(): number {
    return this.#end - this.#start;
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
   * @throws EtcdError with grpc-go's texts for a message that is too large, as soon as its length is known.
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

  /** Reads the prefix. */
  #length(): number {
    const flag = this.#bytes[this.#start] ?? 0;
    if (flag > 1) throw new EtcdError(StatusCode.internal, `grpc: received unexpected payload format ${flag}`);
    this.#isCompressed = flag === 1;
    const length = this.#bytes.readUInt32BE(this.#start + 1);
    if (length > this.#messageBytesMax) {
      const text = `grpc: received message larger than max (${length} vs. ${this.#messageBytesMax})`;
      throw new EtcdError(StatusCode.resourceExhausted, text);
    }
    return length;
  }

  /** Grows by doubling: a message may come in a million pieces, and may be announced and never come. */
  #makeRoom(bytes: number): void {
    if (this.#isAssembly && this.#bytes.length - this.#end >= bytes) return;
    const held = this.heldBytes;
    const grown = Buffer.allocUnsafe(Math.max(2 * held, held + bytes, assemblyBytesMin));
    grown.set(this.#bytes.subarray(this.#start, this.#end));
    this.#bytes = grown;
    this.#start = 0;
    this.#end = held;
    this.#isAssembly = true;
  }
}
