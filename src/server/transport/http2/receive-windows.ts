import type { StreamListener } from '../http/stream-listener.ts';
import { transportLimits } from '../transport-limits.ts';
import type { MessageMemory } from './message-memory.ts';
import { ConnectionError, defaultWindowBytes, ErrorCode, StreamError } from './protocol.ts';

/** What the windows are told to the client by. */
export interface WindowSender {
  /** Stream 0 is the connection. */
  windowUpdate(streamId: number, bytes: number): void;
}

/** What is asked of a stream to receive its request. */
export interface ReceivingStream {
  readonly id: number;
  /** Bytes that the client may send. */
  receiveWindow: number;
  /** Memory of the connection that a large message has for itself. */
  reservedBytes: number;
  readonly isPaused: boolean;
  /** The client has sent its last byte. */
  readonly isRemoteClosed: boolean;
  readonly isClosed: boolean;
  readonly listener: Pick<StreamListener, 'missingBytes'> | undefined;
}

/**
 * How much a client may send: the windows of one connection and of its streams.
 *
 * A stream has a small window. A larger message waits, first come first served, until the connection has memory for all of it; then the stream's window grows to
 * what is missing. So many unfinished messages hold few bytes, and one that has memory can always be finished.
 */
export class ReceiveWindows {
  readonly #sender: WindowSender;
  /** Of new streams: the protocol's own, until the client has acknowledged ours. */
  #streamWindow = defaultWindowBytes;
  #window: number = transportLimits.connectionWindowBytes;
  #reservedBytes = 0;
  /** Streams that wait for memory, the first first. */
  readonly #waiting = new Set<ReceivingStream>();

  readonly #memory: MessageMemory;
  readonly #onFreed = () => this.#retry();

  constructor(sender: WindowSender, memory: MessageMemory) {
    this.#sender = sender;
    this.#memory = memory;
  }

  /** The connection is closed. Its streams were forgotten. */
  close(): void {
    this.#memory.forget(this.#onFreed);
  }

  get streamWindow(): number {
    return this.#streamWindow;
  }

  /** The client has taken over our settings: the windows of open streams change by the difference, and may be below 0. */
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
   * Counts a DATA frame against the connection's window, and refills it whatever its stream does: one slow stream must not stop the others.
   *
   * @throws ConnectionError when the client sent more than it may
   */
  countConnection(bytes: number): void {
    this.#window -= bytes;
    if (this.#window < 0) throw new ConnectionError(ErrorCode.flowControlError, 'more data than the window');
    if (this.#window > transportLimits.connectionWindowBytes / 2) return;
    this.#sender.windowUpdate(0, transportLimits.connectionWindowBytes - this.#window);
    this.#window = transportLimits.connectionWindowBytes;
  }

  /** @throws StreamError when the client sent more than it may */
  countStream(stream: ReceivingStream, bytes: number): void {
    stream.receiveWindow -= bytes;
    if (stream.receiveWindow < 0) throw new StreamError(ErrorCode.flowControlError, 'more data than the window');
  }

  /** Lets the client send on, as far as its message at hand needs it. */
  refill(stream: ReceivingStream): void {
    if (stream.isPaused || stream.isRemoteClosed || stream.isClosed) return;
    const missing = stream.listener?.missingBytes ?? 0;
    if (missing === 0) this.#giveBack(stream);
    const isShort = stream.receiveWindow < missing;
    if (isShort && !this.#reserve(stream, missing)) return;
    if (!isShort && (missing > 0 || stream.receiveWindow > transportLimits.streamWindowBytes / 2)) return;
    const wanted = Math.max(missing, transportLimits.streamWindowBytes);
    this.#sender.windowUpdate(stream.id, wanted - stream.receiveWindow);
    stream.receiveWindow = wanted;
  }

  /** A stream is over. */
  forget(stream: ReceivingStream): void {
    this.#waiting.delete(stream);
    this.#giveBack(stream);
  }

  /** Whether the stream has memory for the rest of its message; otherwise it waits. */
  #reserve(stream: ReceivingStream, bytes: number): boolean {
    if (stream.reservedBytes > 0) return true;
    const isFree =
      this.#reservedBytes + bytes <= transportLimits.connectionReservedBytesMax && this.#memory.hasRoom(bytes);
    // One message of each connection is always let through, whatever its size and whatever the others have.
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

  #giveBack(stream: ReceivingStream): void {
    const bytes = stream.reservedBytes;
    if (bytes === 0) return;
    this.#reservedBytes -= bytes;
    stream.reservedBytes = 0;
    this.#retry();
    this.#memory.giveBack(bytes);
  }

  /** Lets streams go on that wait, as far as there is memory. */
  #retry(): void {
    for (const next of this.#waiting) {
      this.refill(next);
      if (this.#waiting.has(next)) return;
    }
  }
}
