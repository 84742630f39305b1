import { ConnectionError, clientPreface, defaultFrameBytesMax, ErrorCode, frameHeaderBytes } from './protocol.ts';

const noBytes = Buffer.alloc(0);

/**
 * Receives one frame. The payload is a view of the received bytes. Returns whether the next frame
 * may follow at once.
 */
export type FrameListener = (type: number, flags: number, streamId: number, payload: Buffer) => boolean;

/**
 * Splits the bytes of a client into frames, after its preface. Holds the last chunk and at most one
 * incomplete frame from before.
 */
export class FrameReader {
  readonly #onFrame: FrameListener;
  /** The last chunk, read up to `#position`. */
  #chunk: Buffer = noBytes;
  #position = 0;
  /**
   * The beginning of a frame or of the preface: `#startBytes` bytes. Once the length is known, the
   * buffer has space for the whole frame.
   */
  #start: Buffer = noBytes;
  #startBytes = 0;
  #hasPreface = false;

  constructor(onFrame: FrameListener) {
    this.#onFrame = onFrame;
  }

  /** Adds a chunk. `read` processes it. */
  push(chunk: Buffer): void {
    const isRead = this.#position === this.#chunk.length;
    this.#chunk = isRead ? chunk : Buffer.concat([this.#chunk.subarray(this.#position), chunk]);
    this.#position = 0;
  }

  /**
   * Passes whole frames to the listener until the listener stops. Returns whether it stopped before
   * the last whole frame.
   *
   * @throws ConnectionError when the bytes are not HTTP/2, or a frame is larger than this side
   * allows
   */
  read(): boolean {
    if (!this.#hasPreface && !this.#readPreface()) return false;
    if (this.#startBytes > 0 && !this.#readStarted()) return this.#position < this.#chunk.length;
    const chunk = this.#chunk;
    while (chunk.length - this.#position >= frameHeaderBytes) {
      const end = this.#position + frameBytes(chunk, this.#position);
      if (end > chunk.length) break;
      const at = this.#position;
      this.#position = end;
      if (!this.#handOver(chunk, at, end)) return true;
    }
    this.#keepStart();
    return false;
  }

  /** Drops everything that was received. */
  close(): void {
    this.#chunk = noBytes;
    this.#position = 0;
    this.#start = noBytes;
    this.#startBytes = 0;
  }

  #handOver(bytes: Buffer, at: number, end: number): boolean {
    const streamId = bytes.readUInt32BE(at + 5) & 0x7fff_ffff;
    const payload = bytes.subarray(at + frameHeaderBytes, end);
    return this.#onFrame(bytes.readUInt8(at + 3), bytes.readUInt8(at + 4), streamId, payload);
  }

  /**
   * Completes the frame that has begun, as far as its bytes have arrived. Returns whether more
   * frames may follow.
   */
  #readStarted(): boolean {
    if (!this.#complete(frameHeaderBytes)) return false;
    const length = frameBytes(this.#start, 0);
    if (!this.#complete(length)) return false;
    const frame = this.#start.subarray(0, length);
    this.#start = noBytes;
    this.#startBytes = 0;
    return this.#handOver(frame, 0, length);
  }

  /**
   * Moves bytes from the chunk to the start until the start has this many. Returns false if there
   * are too few.
   */
  #complete(bytes: number): boolean {
    if (this.#start.length < bytes) {
      const grown = Buffer.allocUnsafe(bytes);
      grown.set(this.#start.subarray(0, this.#startBytes));
      this.#start = grown;
    }
    const end = Math.min(this.#chunk.length, this.#position + Math.max(0, bytes - this.#startBytes));
    this.#start.set(this.#chunk.subarray(this.#position, end), this.#startBytes);
    this.#startBytes += end - this.#position;
    this.#position = end;
    return this.#startBytes >= bytes;
  }

  /** Copies the rest of the chunk, so that a few bytes do not keep the whole buffer in memory. */
  #keepStart(): void {
    const rest = this.#chunk.length - this.#position;
    if (rest > 0) this.#complete(rest);
    this.#chunk = noBytes;
    this.#position = 0;
  }

  #readPreface(): boolean {
    const isWhole = this.#complete(clientPreface.length);
    if (!this.#start.subarray(0, this.#startBytes).equals(clientPreface.subarray(0, this.#startBytes))) {
      throw new ConnectionError(ErrorCode.protocolError, 'the connection preface is missing');
    }
    if (!isWhole) return false;
    this.#hasPreface = true;
    this.#start = noBytes;
    this.#startBytes = 0;
    return true;
  }
}

/**
 * The size of the frame whose header is at a position. @throws ConnectionError when the frame is
 * larger than this side allows
 */
function frameBytes(bytes: Buffer, at: number): number {
  const length = bytes.readUIntBE(at, 3);
  if (length > defaultFrameBytesMax) throw new ConnectionError(ErrorCode.frameSizeError, 'a frame that is too large');
  return frameHeaderBytes + length;
}
