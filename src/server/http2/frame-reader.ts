import { ConnectionError, clientPreface, defaultFrameBytesMax, ErrorCode, frameHeaderBytes } from './protocol.ts';

const noBytes = Buffer.alloc(0);

/** Takes one frame. Its payload is a view of what arrived. Returns whether the next may follow at once. */
export type FrameListener = (type: number, flags: number, streamId: number, payload: Buffer) => boolean;

/** Cuts what a client sends into frames, after its preface. Holds what arrived last and, of what came before, one incomplete frame. */
export class FrameReader {
  readonly #onFrame: FrameListener;
  #bytes: Buffer = noBytes;
  #position = 0;
  #hasPreface = false;

  constructor(onFrame: FrameListener) {
    this.#onFrame = onFrame;
  }

  /** Takes what arrived. `read` goes through it. */
  push(chunk: Buffer): void {
    const isEmpty = this.#position === this.#bytes.length;
    this.#bytes = isEmpty ? chunk : Buffer.concat([this.#bytes.subarray(this.#position), chunk]);
    this.#position = 0;
  }

  /**
   * Hands over whole frames until the listener stops it. Returns whether it was stopped before the last whole frame.
   *
   * @throws ConnectionError for what is no HTTP/2, and for a frame larger than this side allows
   */
  read(): boolean {
    if (!this.#hasPreface) this.#readPreface();
    const bytes = this.#bytes;
    while (this.#hasPreface && bytes.length - this.#position >= frameHeaderBytes) {
      const position = this.#position;
      const length = bytes.readUIntBE(position, 3);
      if (length > defaultFrameBytesMax) throw new ConnectionError(ErrorCode.frameSizeError, 'a frame too large');
      const start = position + frameHeaderBytes;
      const end = start + length;
      if (end > bytes.length) break;
      const type = bytes.readUInt8(position + 3);
      const flags = bytes.readUInt8(position + 4);
      const streamId = bytes.readUInt32BE(position + 5) & 0x7fff_ffff;
      this.#position = end;
      if (!this.#onFrame(type, flags, streamId, bytes.subarray(start, end))) return true;
    }
    this.#keepRest();
    return false;
  }

  /** A few bytes must not keep the whole buffer that they came in. */
  #keepRest(): void {
    const rest = this.#bytes.length - this.#position;
    if (rest === 0) this.#bytes = noBytes;
    else if (this.#position > 0) this.#bytes = Buffer.from(this.#bytes.subarray(this.#position));
    this.#position = 0;
  }

  #readPreface(): void {
    const bytes = this.#bytes;
    const length = Math.min(bytes.length, clientPreface.length);
    if (!bytes.subarray(0, length).equals(clientPreface.subarray(0, length))) {
      throw new ConnectionError(ErrorCode.protocolError, 'no connection preface');
    }
    if (length < clientPreface.length) return;
    this.#hasPreface = true;
    this.#position = length;
  }
}
