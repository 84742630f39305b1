import type { Socket } from 'node:net';
import type { HeaderField } from '../http/header-field.ts';
import { transportLimits } from '../transport-limits.ts';
import { HpackEncoder, type UsualAnswer } from './hpack/hpack-encoder.ts';
import { Output } from './output.ts';
import {
  ConnectionError,
  defaultFrameBytesMax,
  defaultWindowBytes,
  ErrorCode,
  Flag,
  FrameType,
  Setting,
  StreamError,
  windowBytesMax,
} from './protocol.ts';

/** The part of a stream that sending needs. */
export interface SendingStream {
  readonly id: number;
  /** Bytes that the client lets this stream send. */
  sendWindow: number;
  /** Bytes that wait to be sent. */
  readonly pendingBytes: number;
  /** Whether there is something to send that fits the stream's own window. */
  readonly isReady: boolean;
  /** Writes the next `bytes` of the waiting ones. */
  takeBytes(bytes: number, output: Output): void;
  /**
   * The trailers, once everything before them is sent. An empty list ends the stream without
   * trailers.
   */
  takeTrailers(): readonly HeaderField[] | undefined;
}

/** An answer that is complete before it is sent. */
export interface WholeAnswer {
  readonly head: readonly HeaderField[];
  /** The body. */
  readonly parts: readonly Uint8Array[];
  readonly trailers: readonly HeaderField[];
}

export interface Http2SenderOptions<Stream> {
  /** The header blocks of most answers. */
  readonly usualAnswer: UsualAnswer | undefined;
  /** The number of bytes that were written to the socket, and wait there, changes. */
  readonly onUntaken: (change: number) => void;
  /** The last frame of a stream's answer was written. */
  readonly onEnded: (stream: Stream) => void;
}

/**
 * Everything that a connection sends: answers, as far as the client's windows and the socket allow,
 * and control frames.
 */
export class Http2Sender<Stream extends SendingStream> {
  readonly #output: Output;
  readonly #encoder: HpackEncoder;
  readonly #onEnded: (stream: Stream) => void;
  /**
   * Streams with something to send that the connection's window or the socket has delayed. A stream
   * that its own window delays is not in the set.
   */
  readonly #waiting = new Set<Stream>();
  #window = defaultWindowBytes;
  #initialStreamWindow = defaultWindowBytes;
  #frameBytesMax = defaultFrameBytesMax;
  /** Frames of answers sent so far. */
  answerFrames = 0;
  /** The answer frames that a tiny window of the client has not cut. */
  wholeFrames = 0;

  constructor(socket: Socket, { usualAnswer, onUntaken, onEnded }: Http2SenderOptions<Stream>) {
    this.#output = new Output(socket, onUntaken);
    this.#encoder = new HpackEncoder(usualAnswer);
    this.#onEnded = onEnded;
  }

  /** The send window of a new stream. */
  get initialStreamWindow(): number {
    return this.#initialStreamWindow;
  }

  /** Bytes that wait for the socket, or in it. */
  get outputBytes(): number {
    return this.#output.pendingBytes;
  }

  get hasSpace(): boolean {
    return this.#output.pendingBytes < transportLimits.connectionOutputBytesMark;
  }

  flush(): void {
    this.#output.flush();
  }

  /** Sends a complete answer at once, if the windows and the socket allow it. */
  whole(stream: Stream, { head, parts, trailers }: WholeAnswer): boolean {
    if (!this.hasSpace) return false;
    const bytes = byteLength(parts);
    if (!this.#fitsOneFrame(stream, bytes)) return false;
    this.head(stream, head);
    this.#dataHeader(stream, bytes);
    for (const part of parts) this.#output.bytes(part);
    this.lastFields(stream, trailers);
    return true;
  }

  /** Sends parts of a body in one frame, if the windows allow it and nothing waits before them. */
  atOnce(stream: Stream, parts: readonly Uint8Array[]): boolean {
    if (stream.pendingBytes > 0 || !this.hasSpace) return false;
    const bytes = byteLength(parts);
    if (!this.#fitsOneFrame(stream, bytes)) return false;
    this.#dataHeader(stream, bytes);
    for (const part of parts) this.#output.bytes(part);
    this.#output.flushSoon();
    return true;
  }

  /** The headers before an answer. */
  head(stream: Stream, fields: readonly HeaderField[]): void {
    this.#headerFrames(stream.id, this.#encoder.block(fields), 0);
  }

  /** The fields that end a stream: trailers, or the only headers of an answer. */
  lastFields(stream: Stream, fields: readonly HeaderField[]): void {
    this.#headerFrames(stream.id, this.#encoder.block(fields), Flag.endStream);
    this.#onEnded(stream);
  }

  /** Sends as much of a stream as the windows and the socket allow. */
  pump(stream: Stream): void {
    this.#pump(stream, Number.POSITIVE_INFINITY);
    if (stream.isReady) this.#waiting.add(stream);
    else this.#waiting.delete(stream);
    this.#output.flushSoon();
  }

  /** The socket has written everything. */
  onDrain(): void {
    this.#output.reclaim();
    this.pumpWaiting();
  }

  /**
   * Sends as much of the waiting streams as the windows and the socket allow. Streams take turns,
   * so that a large list does not delay small answers. The cost depends on the bytes sent, not on
   * the number of streams.
   */
  pumpWaiting(): void {
    // A Set is iterated in insertion order, so a stream that is added again comes last.
    for (const stream of this.#waiting) {
      if (this.#window <= 0 || !this.hasSpace) break;
      this.#pump(stream, transportLimits.streamTurnBytes);
      this.#waiting.delete(stream);
      if (stream.isReady) this.#waiting.add(stream);
    }
    this.#output.flushSoon();
  }

  /** The connection has closed. */
  close(): void {
    this.#output.close();
  }

  /** The stream has nothing more to send. */
  forget(stream: Stream): void {
    this.#waiting.delete(stream);
  }

  /** The client's window for the connection grows. */
  growWindow(increment: number): void {
    this.#window += increment;
    if (increment === 0) throw new ConnectionError(ErrorCode.protocolError, 'a window update of 0');
    if (this.#window > windowBytesMax) throw new ConnectionError(ErrorCode.flowControlError, 'a window overflows');
    this.pumpWaiting();
  }

  /** The client's window for a stream grows. */
  growStreamWindow(stream: Stream, increment: number): void {
    stream.sendWindow += increment;
    if (increment === 0) throw new StreamError(ErrorCode.protocolError, 'a window update of 0');
    if (stream.sendWindow > windowBytesMax) throw new StreamError(ErrorCode.flowControlError, 'a window overflows');
    if (stream.isReady) this.pump(stream);
  }

  /**
   * Applies one of the client's settings. `streams` are the open ones. The cost of a new window
   * size grows with their number.
   */
  applySetting(setting: number, value: number, streams: Iterable<Stream>): void {
    switch (setting) {
      case Setting.headerTableSize:
        this.#encoder.setTableBytesMax(value);
        return;
      case Setting.enablePush:
        if (value > 1) throw new ConnectionError(ErrorCode.protocolError, 'a push setting out of range');
        return;
      case Setting.initialWindowSize:
        this.#setInitialStreamWindow(value, streams);
        return;
      case Setting.maxFrameSize:
        if (value < defaultFrameBytesMax || value > 0xff_ffff) {
          throw new ConnectionError(ErrorCode.protocolError, 'a frame size out of range');
        }
        this.#frameBytesMax = Math.min(value, transportLimits.sentFrameBytesMax);
        return;
      default:
      // Unknown settings, and limits for features that this server does not use.
    }
  }

  settings(settings: readonly (readonly [setting: number, value: number])[]): void {
    this.#output.frameHeader(settings.length * 6, FrameType.settings, 0, 0);
    for (const [setting, value] of settings) {
      this.#output.uint8(setting >>> 8);
      this.#output.uint8(setting);
      this.#output.uint32(value);
    }
    this.#output.flushSoon();
  }

  settingsAcknowledgement(): void {
    this.#output.frameHeader(0, FrameType.settings, Flag.ack, 0);
    this.#output.flushSoon();
  }

  pingAcknowledgement(payload: Buffer): void {
    this.#output.frameHeader(payload.length, FrameType.ping, Flag.ack, 0);
    this.#output.bytes(payload);
    this.#output.flushSoon();
  }

  /** Pings the client. */
  ping(): void {
    this.#output.frameHeader(8, FrameType.ping, 0, 0);
    this.#output.uint32(0);
    this.#output.uint32(0);
    this.#output.flushSoon();
  }

  /** Lets the client send more. Stream 0 is the connection. */
  windowUpdate(streamId: number, bytes: number): void {
    this.#output.frameHeader(4, FrameType.windowUpdate, 0, streamId);
    this.#output.uint32(bytes);
    this.#output.flushSoon();
  }

  reset(streamId: number, code: ErrorCode): void {
    this.#output.frameHeader(4, FrameType.rstStream, 0, streamId);
    this.#output.uint32(code);
    this.#output.flushSoon();
  }

  goAway(lastStreamId: number, code: ErrorCode, message: string): void {
    const text = Buffer.from(message);
    this.#output.frameHeader(8 + text.length, FrameType.goAway, 0, 0);
    this.#output.uint32(lastStreamId);
    this.#output.uint32(code);
    this.#output.bytes(text);
    this.#output.flushSoon();
  }

  #setInitialStreamWindow(value: number, streams: Iterable<Stream>): void {
    if (value > windowBytesMax) throw new ConnectionError(ErrorCode.flowControlError, 'a window out of range');
    const change = value - this.#initialStreamWindow;
    if (change === 0) return;
    this.#initialStreamWindow = value;
    for (const stream of streams) {
      stream.sendWindow += change;
      if (stream.sendWindow > windowBytesMax)
        throw new ConnectionError(ErrorCode.flowControlError, 'a window overflows');
      if (stream.isReady) this.#waiting.add(stream);
    }
    if (change > 0) this.pumpWaiting();
  }

  /** Sends up to `bytesMax` of a stream, and its end after the last byte. */
  #pump(stream: Stream, bytesMax: number): void {
    let rest = bytesMax;
    while (rest > 0 && stream.pendingBytes > 0 && this.hasSpace) {
      const window = Math.min(this.#window, stream.sendWindow);
      const bytes = Math.min(window, stream.pendingBytes, this.#frameBytesMax, rest);
      if (bytes <= 0) return;
      this.#dataHeader(stream, bytes);
      stream.takeBytes(bytes, this.#output);
      rest -= bytes;
    }
    // Header blocks are encoded when they are sent, because each depends on the blocks before it.
    const trailers = stream.takeTrailers();
    if (trailers === undefined) return;
    if (trailers.length > 0) this.lastFields(stream, trailers);
    else this.#lastData(stream);
  }

  /** Ends a stream without trailers. A frame without data needs no window. */
  #lastData(stream: Stream): void {
    this.#output.frameHeader(0, FrameType.data, Flag.endStream, stream.id);
    this.#onEnded(stream);
  }

  #fitsOneFrame(stream: Stream, bytes: number): boolean {
    return bytes <= this.#frameBytesMax && bytes <= this.#window && bytes <= stream.sendWindow;
  }

  #dataHeader(stream: Stream, bytes: number): void {
    this.#window -= bytes;
    stream.sendWindow -= bytes;
    this.answerFrames += 1;
    if (bytes >= stream.pendingBytes || bytes > transportLimits.cutFrameBytesMax) this.wholeFrames += 1;
    this.#output.frameHeader(bytes, FrameType.data, 0, stream.id);
  }

  /** Sends a header block. If it is longer than a frame, it continues in further frames. */
  #headerFrames(streamId: number, block: Buffer, endFlag: number): void {
    let start = 0;
    this.answerFrames += 1;
    this.wholeFrames += 1;
    do {
      const end = Math.min(block.length, start + this.#frameBytesMax);
      const isFirst = start === 0;
      const flags = (isFirst ? endFlag : 0) | (end === block.length ? Flag.endHeaders : 0);
      this.#output.frameHeader(end - start, isFirst ? FrameType.headers : FrameType.continuation, flags, streamId);
      this.#output.range(block, start, end);
      start = end;
    } while (start < block.length);
    this.#output.flushSoon();
  }
}

function byteLength(parts: readonly Uint8Array[]): number {
  let bytes = 0;
  for (const part of parts) bytes += part.length;
  return bytes;
}
