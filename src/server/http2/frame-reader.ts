import { ConnectionError, clientPreface, defaultFrameBytesMax, ErrorCode, frameHeaderBytes } from './protocol.ts';

const noBytes = Buffer.alloc(0);

/** Takes one frame. Its payload is a view of what arrived. */
export type FrameListener = (type: number, flags: number, streamId: number, payload: Buffer) => void;

/** Cuts what a client sends into frames, after its preface. Holds no more than one frame that is incomplete. */
export class FrameReader {
  readonly #onFrame: FrameListener;
  #rest: Buffer = noBytes;
  #hasPreface = false;

  constructor(onFrame: FrameListener) {
    this.#onFrame = onFrame;
  }

  /** @throws ConnectionError for what is no HTTP/2, and for a frame larger than this side allows */
  push(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let position = this.#hasPreface ? 0 : this.#preface(bytes);
    while (this.#hasPreface && bytes.length - position >= frameHeaderBytes) {
      const length = bytes.readUIntBE(position, 3);
      if (length > defaultFrameBytesMax) throw new ConnectionError(ErrorCode.frameSizeError, 'a frame too large');
      const start = position + frameHeaderBytes;
      const end = start + length;
      if (end > bytes.length) break;
      const type = bytes.readUInt8(position + 3);
      const flags = bytes.readUInt8(position + 4);
      const streamId = bytes.readUInt32BE(position + 5) & 0x7fff_ffff;
      position = end;
      this.#onFrame(type, flags, streamId, bytes.subarray(start, end));
    }
    this.#rest = position === bytes.length ? noBytes : bytes.subarray(position);
  }

  /** Where the first frame begins, once the preface is there. */
  #preface(bytes: Buffer): number {
    const length = Math.min(bytes.length, clientPreface.length);
    if (!bytes.subarray(0, length).equals(clientPreface.subarray(0, length))) {
      throw new ConnectionError(ErrorCode.protocolError, 'no connection preface');
    }
    if (length < clientPreface.length) return 0;
    this.#hasPreface = true;
    return length;
  }
}
