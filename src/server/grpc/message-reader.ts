import { EtcdError, StatusCode } from '../../errors.ts';

/** gRPC's prefix of each message: a byte that says whether it is compressed, and its length in four bytes. */
export const prefixBytes = 5;

const nothing = Buffer.alloc(0);

/** Cuts a stream of bytes into gRPC messages. Holds no more than one message that is incomplete. */
export class MessageReader {
  readonly #messageBytesMax: number;
  /** What arrived and was not taken yet, in order. */
  #chunks: Buffer[] = [];
  #bytes = 0;
  #isCompressed = false;

  constructor({ messageBytesMax }: { readonly messageBytesMax: number }) {
    this.#messageBytesMax = messageBytesMax;
  }

  /** Whether something has arrived that is no whole message. */
  get isWithinMessage(): boolean {
    return this.#bytes > 0;
  }

  /** Of the message that `next` gave last. */
  get isCompressed(): boolean {
    return this.#isCompressed;
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
  }

  /**
   * The next whole message, a view of what arrived where it arrived in one piece.
   *
   * @throws EtcdError with grpc-go's texts for a message that is too large, as soon as its length is known.
   */
  next(): Buffer | undefined {
    if (this.#bytes < prefixBytes) return undefined;
    const length = this.#length();
    if (this.#bytes < prefixBytes + length) return undefined;
    const [whole = nothing] = this.#chunks.length === 1 ? this.#chunks : [Buffer.concat(this.#chunks)];
    const end = prefixBytes + length;
    this.#chunks = end === whole.length ? [] : [whole.subarray(end)];
    this.#bytes -= end;
    return whole.subarray(prefixBytes, end);
  }

  /** Reads the prefix. */
  #length(): number {
    let first = this.#chunks[0] ?? nothing;
    if (first.length < prefixBytes) {
      first = Buffer.concat(this.#chunks);
      this.#chunks = [first];
    }
    const flag = first.readUInt8(0);
    if (flag > 1) {
      throw new EtcdError(StatusCode.internal, `grpc: received unexpected payload format ${flag}`);
    }
    this.#isCompressed = flag === 1;
    const length = first.readUInt32BE(1);
    if (length > this.#messageBytesMax) {
      const text = `grpc: received message larger than max (${length} vs. ${this.#messageBytesMax})`;
      throw new EtcdError(StatusCode.resourceExhausted, text);
    }
    return length;
  }
}
