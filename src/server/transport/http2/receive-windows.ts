import { serverLimits } from '../../server-limits.ts';
import type { Http2Sender } from './http2-sender.ts';
import type { Http2Stream } from './http2-stream.ts';
import type { MessageMemory } from './message-memory.ts';
import { ConnectionError, defaultWindowBytes, ErrorCode, StreamError } from './protocol.ts';

/**
 * How much a client may send: the windows of one connection and of its streams.
 *
 * A stream has a small window. A larger message waits, first come first served, until the connection has memory for all of it; then the stream's window grows to
 * what is missing. So many unfinished messages hold few bytes, and one that has memory can always be finished.
 */
export class ReceiveWindows {
  readonly #sender: Http2Sender;
  /** Of new streams: the protocol's own, until the client has acknowledged ours. */
  #streamWindow = defaultWindowBytes;
  #window: number = serverLimits.connectionWindowBytes;
  #reservedBytes = 0;
  /** Streams that wait for memory, the first first. */
  readonly #waiting = new Set<Http2Stream>();

  readonly #memory: MessageMemory;
  readonly #onFreed = () => this.#retry();

  constructor(sender: Http2Sender, memory: MessageMemory) {
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
  onSettingsAcknowledged(streams: Iterable<Http2Stream>): void {
    const change = serverLimits.streamWindowBytes - this.#streamWindow;
    if (change === 0) return;
    this.#streamWindow = serverLimits.streamWindowBytes;
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
    if (this.#window > serverLimits.connectionWindowBytes / 2) return;
    this.#sender.windowUpdate(0, serverLimits.connectionWindowBytes - this.#window);
    this.#window = serverLimits.connectionWindowBytes;
  }

  /** @throws StreamError when the client sent more than it may */
  countStream(stream: Http2Stream, bytes: number): void {
    stream.receiveWindow -= bytes;
    if (stream.receiveWindow < 0) throw new StreamError(ErrorCode.flowControlError, 'more data than the window');
  }

  /** Lets the client send on, as far as its message at hand needs it. */
  refill(stream: Http2Stream): void {
    if (stream.isPaused || stream.isRemoteClosed || stream.isClosed) return;
    const missing = stream.listener?.missingBytes ?? 0;
    if (missing === 0) this.#giveBack(stream);
    const isShort = stream.receiveWindow < missing;
    if (isShort && !this.#reserve(stream, missing)) return;
    if (!isShort && (missing > 0 || stream.receiveWindow > serverLimits.streamWindowBytes / 2)) return;
    const wanted = Math.max(missing, serverLimits.streamWindowBytes);
    this.#sender.windowUpdate(stream.id, wanted - stream.receiveWindow);
    stream.receiveWindow = wanted;
  }

  /** A stream is over. */
  forget(stream: Http2Stream): void {
    this.#waiting.delete(stream);
    this.#giveBack(stream);
  }

  /** Whether the stream has memory for the rest of its message; otherwise it waits. */
  #reserve(stream: Http2Stream, bytes: number): boolean {
    if (stream.reservedBytes > 0) return true;
    const isFree =
      this.#reservedBytes + bytes <= serverLimits.connectionReservedBytesMax && this.#memory.hasRoom(bytes);
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

  #giveBack(stream: Http2Stream): void {
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
