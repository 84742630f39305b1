import type { Socket } from 'node:net';
import { serverLimits } from '../../server-limits.ts';
import type { HeaderField } from '../grpc/call-stream.ts';
import { prefixBytes } from '../grpc/message-reader.ts';
import type { Message } from '../grpc/method.ts';
import { HpackEncoder } from './hpack/hpack-encoder.ts';
import type { Http2Stream } from './http2-stream.ts';
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

/** Everything a connection sends: answers as far as the client's windows and the socket take them, and control frames. */
export class Http2Sender {
  readonly #output: Output;
  readonly #encoder = new HpackEncoder();
  readonly #onEnded: (stream: Http2Stream) => void;
  /** Streams with something to send that the connection's window, or the socket, did not take. One that its own window holds back is not among them. */
  readonly #waiting = new Set<Http2Stream>();
  #window = defaultWindowBytes;
  #initialStreamWindow = defaultWindowBytes;
  #frameBytesMax = defaultFrameBytesMax;
  /** Frames of answers sent so far. */
  answerFrames = 0;
  /** Of these, the ones that were not cut short by a tiny window of the client's. */
  wholeFrames = 0;

  /** `onEnded`: the last frame of a stream's answer was written. */
  constructor(socket: Socket, onEnded: (stream: Http2Stream) => void) {
    this.#output = new Output(socket);
    this.#onEnded = onEnded;
  }

  /** What the client lets a new stream send. */
  get initialStreamWindow(): number {
    return this.#initialStreamWindow;
  }

  /** Whether so much waits for the socket that the client should not be listened to. */
  get isOverfull(): boolean {
    return this.#output.pendingBytes > serverLimits.connectionOutputBytesMax;
  }

  get hasRoom(): boolean {
    return this.#output.pendingBytes < serverLimits.connectionOutputBytesMark;
  }

  flush(): void {
    this.#output.flush();
  }

  /** Headers, one message and the trailers of a good answer in one go, if the windows let it pass. */
  whole(stream: Http2Stream, message: Message): boolean {
    const bytes = prefixBytes + messageBytes(message);
    if (!this.#fitsOneFrame(stream, bytes)) return false;
    this.head(stream);
    this.#dataHeader(stream, bytes);
    this.#message(message, bytes - prefixBytes);
    this.#okTrailers(stream);
    return true;
  }

  /** Messages in one frame, if the windows let them pass and nothing is before them. */
  atOnce(stream: Http2Stream, messages: readonly Message[]): boolean {
    if (stream.pendingBytes > 0 || !this.hasRoom) return false;
    let bytes = 0;
    for (const message of messages) bytes += prefixBytes + messageBytes(message);
    if (!this.#fitsOneFrame(stream, bytes)) return false;
    this.#dataHeader(stream, bytes);
    for (const message of messages) this.#message(message, messageBytes(message));
    this.#output.flushSoon();
    return true;
  }

  /** The headers before an answer. */
  head(stream: Http2Stream): void {
    this.#headerFrames(stream.id, this.#encoder.answerHead(), 0);
  }

  /** Headers before an answer that is not gRPC's. */
  fields(stream: Http2Stream, fields: readonly HeaderField[]): void {
    this.#headerFrames(stream.id, this.#encoder.fields(fields), 0);
  }

  /** The fields that end a stream: trailers, or all there is. */
  lastFields(stream: Http2Stream, fields: readonly HeaderField[]): void {
    this.#headerFrames(stream.id, this.#encoder.fields(fields), Flag.endStream);
    this.#onEnded(stream);
  }

  /** Sends of a stream what the windows and the socket take. */
  pump(stream: Http2Stream): void {
    this.#pump(stream, Number.POSITIVE_INFINITY);
    if (stream.isReady) this.#waiting.add(stream);
    else this.#waiting.delete(stream);
    this.#output.flushSoon();
  }

  /** The socket has taken everything. */
  onDrain(): void {
    this.#output.reclaim();
    this.pumpWaiting();
  }

  /** The same for all streams that wait. In turns, so that a large list does not hold back what is small; the cost is that of what is sent. */
  pumpWaiting(): void {
    // A set is walked in the order of insertion: a stream that is added again comes last.
    for (const stream of this.#waiting) {
      if (this.#window <= 0 || !this.hasRoom) break;
      this.#pump(stream, serverLimits.streamTurnBytes);
      this.#waiting.delete(stream);
      if (stream.isReady) this.#waiting.add(stream);
    }
    this.#output.flushSoon();
  }

  /** Nothing more is sent of a stream. */
  forget(stream: Http2Stream): void {
    this.#waiting.delete(stream);
  }

  /** The client's window for the connection grows. */
  growWindow(increment: number): void {
    this.#window += increment;
    if (increment === 0) throw new ConnectionError(ErrorCode.protocolError, 'a window update of nothing');
    if (this.#window > windowBytesMax) throw new ConnectionError(ErrorCode.flowControlError, 'a window overflows');
    this.pumpWaiting();
  }

  /** The client's window for a stream grows. */
  growStreamWindow(stream: Http2Stream, increment: number): void {
    stream.sendWindow += increment;
    if (increment === 0) throw new StreamError(ErrorCode.protocolError, 'a window update of nothing');
    if (stream.sendWindow > windowBytesMax) throw new StreamError(ErrorCode.flowControlError, 'a window overflows');
    if (stream.isReady) this.pump(stream);
  }

  /** One of the client's settings; `streams` are those that are open. The cost of a new window size grows with their number. */
  applySetting(setting: number, value: number, streams: Iterable<Http2Stream>): void {
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
        this.#frameBytesMax = Math.min(value, serverLimits.sentFrameBytesMax);
        return;
      default:
      // Unknown ones, and those that only limit what this side never does.
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

  /** Asks the client whether it is there. */
  ping(): void {
    this.#output.frameHeader(8, FrameType.ping, 0, 0);
    this.#output.uint32(0);
    this.#output.uint32(0);
    this.#output.flushSoon();
  }

  /** Lets the client send on. Stream 0 is the connection. */
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

  #setInitialStreamWindow(value: number, streams: Iterable<Http2Stream>): void {
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

  /** Sends up to `bytesMax` of a stream, and its end after the last. Whether anything was sent. */
  #pump(stream: Http2Stream, bytesMax: number): boolean {
    let rest = bytesMax;
    let progress = false;
    while (rest > 0 && stream.pendingBytes > 0 && this.hasRoom) {
      const window = Math.min(this.#window, stream.sendWindow);
      const bytes = Math.min(window, stream.pendingBytes, this.#frameBytesMax, rest);
      if (bytes <= 0) return progress;
      this.#dataHeader(stream, bytes);
      stream.takeBytes(bytes, this.#output);
      rest -= bytes;
      progress = true;
    }
    // Encoded no sooner than they are sent: the header blocks of a connection build on each other, in their order.
    const trailers = stream.takeTrailers();
    if (trailers === undefined) return progress;
    if (trailers === 'ok') this.#okTrailers(stream);
    else if (trailers.length > 0) this.lastFields(stream, trailers);
    else this.#lastData(stream);
    return true;
  }

  #okTrailers(stream: Http2Stream): void {
    this.#headerFrames(stream.id, this.#encoder.okTrailers(), Flag.endStream);
    this.#onEnded(stream);
  }

  /** An end without trailers. A frame without data needs no window. */
  #lastData(stream: Http2Stream): void {
    this.#output.frameHeader(0, FrameType.data, Flag.endStream, stream.id);
    this.#onEnded(stream);
  }

  #fitsOneFrame(stream: Http2Stream, bytes: number): boolean {
    return bytes <= this.#frameBytesMax && bytes <= this.#window && bytes <= stream.sendWindow;
  }

  #dataHeader(stream: Http2Stream, bytes: number): void {
    this.#window -= bytes;
    stream.sendWindow -= bytes;
    this.answerFrames += 1;
    if (bytes >= stream.pendingBytes || bytes > serverLimits.cutFrameBytesMax) this.wholeFrames += 1;
    this.#output.frameHeader(bytes, FrameType.data, 0, stream.id);
  }

  #message(message: Message, bytes: number): void {
    const output = this.#output;
    output.uint8(0);
    output.uint32(bytes);
    if (message instanceof Uint8Array) output.bytes(message);
    else for (const piece of message) output.bytes(piece);
  }

  /** A header block; one longer than a frame goes on in further frames. */
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

function messageBytes(message: Message): number {
  if (message instanceof Uint8Array) return message.length;
  let bytes = 0;
  for (const piece of message) bytes += piece.length;
  return bytes;
}
