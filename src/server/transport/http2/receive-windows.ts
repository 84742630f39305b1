import type { StreamListener } from '../http/stream-listener.ts';
import { transportLimits } from '../transport-limits.ts';
import type { MessageMemory } from './message-memory.ts';
import { ConnectionError, defaultWindowBytes, ErrorCode, StreamError } from './protocol.ts';

/** Sends window updates to the client. */
export interface WindowSender {
  /** Stream 0 is the connection. */
  windowUpdate(streamId: number, bytes: number): void;
}

/** The part of a stream that its receive window needs. */
export interface ReceivingStream {
  readonly id: number;
  /** Bytes that the client may send. */
  receiveWindow: number;
  /** Memory that is reserved for a large message. */
  reservedBytes: number;
  readonly isPaused: boolean;
  /** The client has sent its last byte. */
  readonly isRemoteClosed: boolean;
  readonly isClosed: boolean;
  readonly listener: Pick<StreamListener, 'missingBytes' | 'keepsRequest'> | undefined;
}

/**
 * How much a client may send: the windows of one connection and of its streams.
 *
 * A stream has a small window. A larger message waits, first come first served, until the
 * connection has memory for the whole message. Then the stream's window grows to the missing bytes.
 * Many unfinished messages hold few bytes, and a message with reserved memory can always be
 * completed. A request keeps its memory until it is answered, so requests that are served count
 * too.
 */
export class ReceiveWindows {
  readonly #sender: WindowSender;
  /** The window of new streams: HTTP/2's default until the client has acknowledged our settings. */
  #streamWindow = defaultWindowBytes;
  #window: number = transportLimits.connectionWindowBytes;
  #reservedBytes = 0;
  /** Streams that wait for memory, the oldest first. */
  readonly #waiting = new Set<ReceivingStream>();

  readonly #memory: MessageMemory;
  readonly #onFreed = () => this.#retry();

  constructor(sender: WindowSender, memory: MessageMemory) {
    this.#sender = sender;
    this.#memory = memory;
  }

  /** The connection is closed and has no streams any more. */
  close(): void {
    this.#memory.forget(this.#onFreed);
  }

  get streamWindow(): number {
    return this.#streamWindow;
  }

  /**
   * The client has acknowledged our settings. The windows of open streams change by the difference
   * and may be negative.
   */
  onSettingsAcknowledged(streams: Iterable<ReceivingStream>): void {
    const change = transportLimits.streamWindowBytes - this.#streamWindow;
    if (change === 0) return;
    this.#streamWindow = transportLimits.streamWindowBytes;
    for (const stream of streams) {
      stream.receiveWindow += change;
      this.refill(stream);
    }
  }

  /**
   * Counts a DATA frame against the connection's window. Refills the window regardless of the
   * stream: one slow stream must not block the others.
   *
   * @throws ConnectionError when the client sent more than its window
   */
  countConnection(bytes: number): void {
    this.#window -= bytes;
    if (this.#window < 0) throw new ConnectionError(ErrorCode.flowControlError, 'more data than the window');
    if (this.#window > transportLimits.connectionWindowBytes / 2) return;
    this.#sender.windowUpdate(0, transportLimits.connectionWindowBytes - this.#window);
    this.#window = transportLimits.connectionWindowBytes;
  }

  /** @throws StreamError when the client sent more than its window */
  countStream(stream: ReceivingStream, bytes: number): void {
    stream.receiveWindow -= bytes;
    if (stream.receiveWindow < 0) throw new StreamError(ErrorCode.flowControlError, 'more data than the window');
  }

  /** Lets the client send the rest of its current message. */
  refill(stream: ReceivingStream): void {
    if (stream.isPaused || stream.isRemoteClosed || stream.isClosed) return;
    const missing = stream.listener?.missingBytes ?? 0;
    if (missing === 0) this.#giveBackUnused(stream);
    const isShort = stream.receiveWindow < missing;
    if (isShort && !this.#reserve(stream, missing)) return;
    if (!isShort && (missing > 0 || stream.receiveWindow > transportLimits.streamWindowBytes / 2)) return;
    const needed = Math.max(missing, transportLimits.streamWindowBytes);
    this.#sender.windowUpdate(stream.id, needed - stream.receiveWindow);
    stream.receiveWindow = needed;
  }

  /** The client has sent its last byte. */
  endRequest(stream: ReceivingStream): void {
    this.#waiting.delete(stream);
    this.#giveBackUnused(stream);
  }

  /** A stream has ended, or its answer is complete. */
  forget(stream: ReceivingStream): void {
    this.#waiting.delete(stream);
    this.#giveBack(stream);
  }

  /**
   * Reserves memory for the rest of the stream's message. Without free memory the stream waits,
   * and the result is false.
   */
  #reserve(stream: ReceivingStream, bytes: number): boolean {
    if (stream.reservedBytes > 0) return true;
    const isFree =
      this.#reservedBytes + bytes <= transportLimits.connectionReservedBytesMax && this.#memory.fits(bytes);
    // One message of each connection always gets memory, regardless of its size and of other
    // connections.
    if (!isFree && this.#reservedBytes > 0) {
      this.#waiting.add(stream);
      this.#memory.onceFreed(this.#onFreed);
      return false;
    }
    this.#waiting.delete(stream);
    stream.reservedBytes = bytes;
    this.#reservedBytes += bytes;
    this.#memory.take(bytes);
    return true;
  }

  #giveBackUnused(stream: ReceivingStream): void {
    if (stream.listener?.keepsRequest !== true) this.#giveBack(stream);
  }

  #giveBack(stream: ReceivingStream): void {
    const bytes = stream.reservedBytes;
    if (bytes === 0) return;
    this.#reservedBytes -= bytes;
    stream.reservedBytes = 0;
    this.#retry();
    this.#memory.giveBack(bytes);
  }

  /** Lets waiting streams continue while there is memory. */
  #retry(): void {
    for (const next of this.#waiting) {
      this.refill(next);
      if (this.#waiting.has(next)) return;
    }
  }
}
