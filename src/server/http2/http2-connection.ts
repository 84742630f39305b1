import type { Socket } from 'node:net';
import type { HeaderField, HttpStream, HttpStreamListener } from '../grpc/http-stream.ts';
import { prefixBytes } from '../grpc/message-reader.ts';
import { serverLimits } from '../server-limits.ts';
import type { Message } from '../transport.ts';
import { checkRequestFields, checkTrailerFields, unknownLength } from './check-request-fields.ts';
import { HpackDecoder } from './hpack-decoder.ts';
import { HpackEncoder } from './hpack-encoder.ts';
import { Http2Stream } from './http2-stream.ts';
import { Output } from './output.ts';
import {
  ConnectionError,
  clientPreface,
  defaultFrameBytesMax,
  defaultWindowBytes,
  ErrorCode,
  Flag,
  FrameType,
  frameHeaderBytes,
  Setting,
  StreamError,
  windowBytesMax,
} from './protocol.ts';
import { RateLimit } from './rate-limit.ts';

export interface Http2ConnectionOptions {
  readonly maxConcurrentStreams: number;
  /** Takes a new stream. Undefined: it was answered. */
  readonly accept: (stream: HttpStream) => HttpStreamListener | undefined;
  /** A bug met a connection, which ends. */
  readonly onFault: (error: unknown) => void;
}

const noBytes = Buffer.alloc(0);
const lastStreamIdMax = 0x7fff_ffff;
const priorityBytes = 5;

/** The server's end of one HTTP/2 connection (RFC 9113): frames in, frames out, flow control both ways. */
export class Http2Connection {
  readonly encoder = new HpackEncoder();
  readonly #socket: Socket;
  readonly #options: Http2ConnectionOptions;
  readonly #decoder = new HpackDecoder({ listBytesMax: serverLimits.headerListBytesMax });
  readonly #output: Output;
  readonly #streams = new Map<number, Http2Stream>();
  /** Streams with something to send that the windows, or the socket, did not take. */
  readonly #waiting = new Set<Http2Stream>();
  readonly #resets = new RateLimit({
    burst: serverLimits.streamResetBurst,
    perSecond: serverLimits.streamResetsPerSecond,
  });
  /** What arrived and is no whole frame. */
  #rest: Buffer = noBytes;
  /** Streams that this side reset, the oldest first: what the client had sent of them already is no mistake. */
  readonly #recentResets = new Set<number>();
  #hasPreface = false;
  #hasSettings = false;
  #lastStreamId = 0;
  /** Streams above it came after we said that we go. */
  #lastAcceptedId = lastStreamIdMax;
  #isClosing = false;
  /** Failed, or gone: nothing is read any more. */
  #isOver = false;
  /** A header block that goes on in the next frame. */
  #partialHeaders: { streamId: number; flags: number; blocks: Buffer[]; bytes: number } | undefined;
  #sendWindow = defaultWindowBytes;
  #receiveWindow: number = serverLimits.connectionWindowBytes;
  #initialSendWindow = defaultWindowBytes;
  #frameBytesMax = defaultFrameBytesMax;

  constructor(socket: Socket, options: Http2ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#output = new Output(socket);
    this.#sendSettings();
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('drain', () => this.#onDrain());
    socket.on('close', () => this.#onClose());
    this.#output.flushSoon();
  }

  get peer(): string {
    return `${this.#socket.remoteAddress ?? 'unix'}:${this.#socket.remotePort ?? ''}`;
  }

  /** Bytes of the connection, in order. */
  receive(chunk: Buffer): void {
    if (this.#isOver) return;
    try {
      this.#parse(this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]));
    } catch (error) {
      if (!(error instanceof ConnectionError)) this.#options.onFault(error);
      this.#fail(
        error instanceof ConnectionError
          ? error
          : new ConnectionError(ErrorCode.internalError, 'a fault of the server'),
      );
    }
    // A client that does not read its answers is not listened to either, or they would pile up.
    if (this.#output.pendingBytes > serverLimits.connectionOutputBytesMax) this.#socket.pause();
  }

  /** Takes no more streams, and closes when those there are have ended. */
  close(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#lastAcceptedId = this.#lastStreamId;
    this.#sendGoAway(ErrorCode.noError, '');
    this.#closeIfIdle();
  }

  /** Headers, one message and the trailers of a good answer in one go, if the windows let it pass. */
  sendWhole(stream: Http2Stream, message: Message): boolean {
    const bytes = prefixBytes + messageBytes(message);
    if (!this.#fitsOneFrame(stream, bytes)) return false;
    const head = this.encoder.answerHead();
    this.#output.frameHeader(head.length, FrameType.headers, Flag.endHeaders, stream.id);
    this.#output.bytes(head);
    this.#writeDataHeader(stream, bytes);
    this.#writeMessage(message, bytes - prefixBytes);
    const trailers = this.encoder.okTrailers();
    this.#output.frameHeader(trailers.length, FrameType.headers, Flag.endHeaders | Flag.endStream, stream.id);
    this.#output.bytes(trailers);
    this.closed(stream);
    return true;
  }

  /** Messages in one frame, if the windows let them pass and nothing is before them. */
  sendAtOnce(stream: Http2Stream, messages: readonly Message[]): boolean {
    if (stream.pendingBytes > 0 || !this.#hasOutputRoom()) return false;
    let bytes = 0;
    for (const message of messages) bytes += prefixBytes + messageBytes(message);
    if (!this.#fitsOneFrame(stream, bytes)) return false;
    this.#writeDataHeader(stream, bytes);
    for (const message of messages) this.#writeMessage(message, messageBytes(message));
    this.#output.flushSoon();
    return true;
  }

  sendHeaders(stream: Http2Stream, block: Buffer, { endStream }: { readonly endStream: boolean }): void {
    // A block longer than a frame goes on in further frames.
    let start = 0;
    do {
      const end = Math.min(block.length, start + this.#frameBytesMax);
      const type = start === 0 ? FrameType.headers : FrameType.continuation;
      const endFlag = start === 0 && endStream ? Flag.endStream : 0;
      this.#output.frameHeader(end - start, type, endFlag | (end === block.length ? Flag.endHeaders : 0), stream.id);
      this.#output.range(block, start, end);
      start = end;
    } while (start < block.length);
    this.#output.flushSoon();
  }

  /** Sends of a stream what the windows and the socket take. */
  pump(stream: Http2Stream): void {
    this.#sendData(stream, Number.POSITIVE_INFINITY);
    if (stream.isWaiting) this.#waiting.add(stream);
    else this.#waiting.delete(stream);
    this.#output.flushSoon();
  }

  /** Our side of a stream is done. What the client still sends of it is of no use. */
  closed(stream: Http2Stream): void {
    if (!stream.isRemoteClosed) this.#sendReset(stream.id, ErrorCode.noError);
    this.#forget(stream);
    this.#output.flushSoon();
  }

  /** Lets the client send on, once half of its window is used up. */
  refillWindow(stream: Http2Stream): void {
    if (stream.isPaused || stream.isRemoteClosed || stream.isClosed) return;
    if (stream.unacknowledgedBytes < serverLimits.streamWindowBytes / 2) return;
    this.#sendWindowUpdate(stream.id, stream.unacknowledgedBytes);
    stream.receiveWindow += stream.unacknowledgedBytes;
    stream.unacknowledgedBytes = 0;
    this.#output.flushSoon();
  }

  #parse(bytes: Buffer): void {
    let position = 0;
    if (!this.#hasPreface) {
      const length = Math.min(bytes.length, clientPreface.length);
      if (!bytes.subarray(0, length).equals(clientPreface.subarray(0, length))) {
        throw new ConnectionError(ErrorCode.protocolError, 'no connection preface');
      }
      if (length === clientPreface.length) {
        this.#hasPreface = true;
        position = length;
      }
    }
    while (this.#hasPreface && bytes.length - position >= frameHeaderBytes) {
      const length = bytes.readUIntBE(position, 3);
      if (length > defaultFrameBytesMax) throw new ConnectionError(ErrorCode.frameSizeError, 'a frame too large');
      const start = position + frameHeaderBytes;
      const end = start + length;
      if (end > bytes.length) break;
      const type = bytes.readUInt8(position + 3);
      const flags = bytes.readUInt8(position + 4);
      const streamId = bytes.readUInt32BE(position + 5) & lastStreamIdMax;
      position = end;
      this.#frame(type, flags, streamId, bytes.subarray(start, end));
    }
    this.#rest = position === bytes.length ? noBytes : bytes.subarray(position);
  }

  #frame(type: number, flags: number, streamId: number, payload: Buffer): void {
    if (!this.#hasSettings && type !== FrameType.settings) {
      throw new ConnectionError(ErrorCode.protocolError, 'the first frame is no SETTINGS');
    }
    if (this.#partialHeaders !== undefined && type !== FrameType.continuation) {
      throw new ConnectionError(ErrorCode.protocolError, 'a frame between those of a header block');
    }
    try {
      this.#dispatch(type, flags, streamId, payload);
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      this.#resetStream(streamId, error.code);
    }
  }

  #dispatch(type: number, flags: number, streamId: number, payload: Buffer): void {
    switch (type) {
      case FrameType.data:
        this.#onData(streamId, flags, payload);
        break;
      case FrameType.headers:
        this.#onHeaders(streamId, flags, payload);
        break;
      case FrameType.priority:
        checkPriority(streamId, payload);
        break;
      case FrameType.rstStream:
        this.#onReset(streamId, payload);
        break;
      case FrameType.settings:
        this.#onSettings(streamId, flags, payload);
        break;
      case FrameType.pushPromise:
        throw new ConnectionError(ErrorCode.protocolError, 'a client cannot push');
      case FrameType.ping:
        this.#onPing(streamId, flags, payload);
        break;
      case FrameType.goAway:
        checkConnection(streamId);
        this.close();
        break;
      case FrameType.windowUpdate:
        this.#onWindowUpdate(streamId, payload);
        break;
      case FrameType.continuation:
        this.#onContinuation(streamId, flags, payload);
        break;
      default:
      // Frames of unknown types are to be ignored.
    }
  }

  #onData(streamId: number, flags: number, payload: Buffer): void {
    checkStream(streamId);
    this.#countReceived(payload.length);
    const stream = this.#known(streamId);
    if (stream?.isRemoteClosed ?? !this.#recentResets.has(streamId)) {
      throw new StreamError(ErrorCode.streamClosed, 'data after the end');
    }
    if (stream === undefined) return;
    stream.receiveWindow -= payload.length;
    if (stream.receiveWindow < 0) throw new StreamError(ErrorCode.flowControlError, 'more data than the window');
    stream.unacknowledgedBytes += payload.length;
    const data = withoutPadding(flags, payload);
    const isEnd = (flags & Flag.endStream) !== 0;
    if (stream.missingBytes !== unknownLength) {
      stream.missingBytes -= data.length;
      if (isEnd || stream.missingBytes < 0) checkLength(stream);
    }
    if (isEnd) stream.isRemoteClosed = true;
    if (data.length > 0) stream.listener?.onData(data);
    if (isEnd) stream.listener?.onEnd();
    else this.refillWindow(stream);
  }

  /** The connection's window is refilled whoever was paused: one slow stream must not stop the others. */
  #countReceived(bytes: number): void {
    this.#receiveWindow -= bytes;
    if (this.#receiveWindow < 0) throw new ConnectionError(ErrorCode.flowControlError, 'more data than the window');
    if (this.#receiveWindow > serverLimits.connectionWindowBytes / 2) return;
    const refill = serverLimits.connectionWindowBytes - this.#receiveWindow;
    this.#sendWindowUpdate(0, refill);
    this.#receiveWindow += refill;
    this.#output.flushSoon();
  }

  #onHeaders(streamId: number, flags: number, payload: Buffer): void {
    checkStream(streamId);
    if (streamId % 2 === 0) throw new ConnectionError(ErrorCode.protocolError, 'an even stream of a client');
    let block = withoutPadding(flags, payload);
    if ((flags & Flag.priority) !== 0) {
      checkPriority(streamId, block.subarray(0, priorityBytes));
      block = block.subarray(priorityBytes);
    }
    if ((flags & Flag.endHeaders) !== 0) this.#onHeaderBlock(streamId, flags, block);
    else this.#partialHeaders = { streamId, flags, blocks: [Buffer.from(block)], bytes: block.length };
  }

  #onContinuation(streamId: number, flags: number, payload: Buffer): void {
    const partial = this.#partialHeaders;
    if (partial === undefined || partial.streamId !== streamId) {
      throw new ConnectionError(ErrorCode.protocolError, 'a continuation of nothing');
    }
    partial.blocks.push(Buffer.from(payload));
    // Empty frames count too, so that their number is bounded.
    partial.bytes += payload.length + frameHeaderBytes;
    if (partial.bytes > serverLimits.headerListBytesMax) {
      throw new ConnectionError(ErrorCode.enhanceYourCalm, 'a header block too large');
    }
    if ((flags & Flag.endHeaders) === 0) return;
    this.#partialHeaders = undefined;
    this.#onHeaderBlock(streamId, partial.flags, Buffer.concat(partial.blocks));
  }

  #onHeaderBlock(streamId: number, flags: number, block: Buffer): void {
    // Decoded whatever becomes of it: blocks build on each other.
    const fields = this.#decoder.decode(block);
    const isEnd = (flags & Flag.endStream) !== 0;
    if (streamId <= this.#lastStreamId) {
      this.#onTrailers(streamId, isEnd, fields);
      return;
    }
    this.#lastStreamId = streamId;
    if (streamId > this.#lastAcceptedId) return;
    if (this.#streams.size >= this.#options.maxConcurrentStreams) {
      this.#sendReset(streamId, ErrorCode.refusedStream);
      return;
    }
    const contentLength = checkRequestFields(fields);
    const stream = new Http2Stream(this, streamId, fields, {
      sendWindow: this.#initialSendWindow,
      receiveWindow: serverLimits.streamWindowBytes,
    });
    stream.isRemoteClosed = isEnd;
    stream.missingBytes = contentLength;
    this.#streams.set(streamId, stream);
    stream.listener = this.#options.accept(stream);
    if (isEnd) stream.listener?.onEnd();
  }

  #onTrailers(streamId: number, isEnd: boolean, fields: readonly HeaderField[]): void {
    const stream = this.#streams.get(streamId);
    if (stream === undefined) {
      if (this.#recentResets.has(streamId)) return;
      throw new ConnectionError(ErrorCode.protocolError, 'a stream opened out of order');
    }
    if (stream.isRemoteClosed) throw new StreamError(ErrorCode.streamClosed, 'headers after the end');
    if (!isEnd) throw new StreamError(ErrorCode.protocolError, 'trailers that do not end the stream');
    checkTrailerFields(fields);
    checkLength(stream);
    stream.isRemoteClosed = true;
    stream.listener?.onEnd();
  }

  #onReset(streamId: number, payload: Buffer): void {
    checkStream(streamId);
    if (payload.length !== 4) throw new ConnectionError(ErrorCode.frameSizeError, 'a reset of another size');
    const stream = this.#known(streamId);
    if (stream === undefined) return;
    // Opening and resetting streams costs a client nothing, and a server the calls.
    if (!this.#resets.allows()) throw new ConnectionError(ErrorCode.enhanceYourCalm, 'too many resets');
    this.#forget(stream);
    stream.listener?.onClose();
  }

  #onSettings(streamId: number, flags: number, payload: Buffer): void {
    checkConnection(streamId);
    if ((flags & Flag.ack) !== 0) {
      if (payload.length !== 0) throw new ConnectionError(ErrorCode.frameSizeError, 'an acknowledgement with settings');
      return;
    }
    if (payload.length % 6 !== 0) throw new ConnectionError(ErrorCode.frameSizeError, 'settings of another size');
    this.#hasSettings = true;
    for (let at = 0; at < payload.length; at += 6) {
      this.#applySetting(payload.readUInt16BE(at), payload.readUInt32BE(at + 2));
    }
    this.#output.frameHeader(0, FrameType.settings, Flag.ack, 0);
    this.#output.flushSoon();
  }

  #applySetting(setting: number, value: number): void {
    switch (setting) {
      case Setting.headerTableSize:
        this.encoder.setTableBytesMax(value);
        return;
      case Setting.enablePush:
        if (value > 1) throw new ConnectionError(ErrorCode.protocolError, 'a push setting out of range');
        return;
      case Setting.initialWindowSize:
        this.#setInitialSendWindow(value);
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

  #setInitialSendWindow(value: number): void {
    if (value > windowBytesMax) throw new ConnectionError(ErrorCode.flowControlError, 'a window out of range');
    const change = value - this.#initialSendWindow;
    this.#initialSendWindow = value;
    for (const stream of this.#streams.values()) {
      stream.sendWindow += change;
      if (stream.sendWindow > windowBytesMax)
        throw new ConnectionError(ErrorCode.flowControlError, 'a window overflows');
    }
    if (change > 0) this.#pumpWaiting();
  }

  #onPing(streamId: number, flags: number, payload: Buffer): void {
    checkConnection(streamId);
    if (payload.length !== 8) throw new ConnectionError(ErrorCode.frameSizeError, 'a ping of another size');
    if ((flags & Flag.ack) !== 0) return;
    this.#output.frameHeader(8, FrameType.ping, Flag.ack, 0);
    this.#output.bytes(payload);
    this.#output.flushSoon();
  }

  #onWindowUpdate(streamId: number, payload: Buffer): void {
    if (payload.length !== 4) throw new ConnectionError(ErrorCode.frameSizeError, 'a window update of another size');
    const increment = payload.readUInt32BE(0) & windowBytesMax;
    if (streamId === 0) {
      this.#sendWindow += increment;
      if (increment === 0) throw new ConnectionError(ErrorCode.protocolError, 'a window update of nothing');
      if (this.#sendWindow > windowBytesMax)
        throw new ConnectionError(ErrorCode.flowControlError, 'a window overflows');
      this.#pumpWaiting();
      return;
    }
    const stream = this.#known(streamId);
    if (stream === undefined) return;
    stream.sendWindow += increment;
    if (increment === 0) throw new StreamError(ErrorCode.protocolError, 'a window update of nothing');
    if (stream.sendWindow > windowBytesMax) throw new StreamError(ErrorCode.flowControlError, 'a window overflows');
    if (this.#waiting.has(stream)) this.pump(stream);
  }

  /** A stream that is there. Undefined: it is over. One that never was ends the connection. */
  #known(streamId: number): Http2Stream | undefined {
    const stream = this.#streams.get(streamId);
    if (stream === undefined && (streamId > this.#lastStreamId || streamId % 2 === 0)) {
      throw new ConnectionError(ErrorCode.protocolError, 'a stream that was not opened');
    }
    return stream;
  }

  #pumpWaiting(): void {
    // In turns, so that a large list does not hold back what is small.
    let progress = true;
    while (progress && this.#sendWindow > 0 && this.#waiting.size > 0 && this.#hasOutputRoom()) {
      progress = false;
      for (const stream of this.#waiting) {
        if (this.#sendData(stream, serverLimits.streamTurnBytes)) progress = true;
        if (!stream.isWaiting) this.#waiting.delete(stream);
      }
    }
    this.#output.flushSoon();
  }

  /** Sends up to `bytesMax` of a stream, and its trailers after the last. Whether anything was sent. */
  #sendData(stream: Http2Stream, bytesMax: number): boolean {
    const output = this.#output;
    let rest = bytesMax;
    let progress = false;
    while (rest > 0 && stream.pendingBytes > 0 && this.#hasOutputRoom()) {
      const windowBytes = Math.min(this.#sendWindow, stream.sendWindow);
      const bytes = Math.min(windowBytes, stream.pendingBytes, this.#frameBytesMax, rest);
      if (bytes <= 0) return progress;
      this.#writeDataHeader(stream, bytes);
      stream.takeBytes(bytes, (piece, start, end) => output.range(piece, start, end));
      rest -= bytes;
      progress = true;
    }
    const trailers = stream.takeTrailers();
    if (trailers === undefined) return progress;
    this.sendHeaders(stream, trailers, { endStream: true });
    this.closed(stream);
    return true;
  }

  #fitsOneFrame(stream: Http2Stream, bytes: number): boolean {
    return bytes <= this.#frameBytesMax && bytes <= this.#sendWindow && bytes <= stream.sendWindow;
  }

  #writeDataHeader(stream: Http2Stream, bytes: number): void {
    this.#sendWindow -= bytes;
    stream.sendWindow -= bytes;
    this.#output.frameHeader(bytes, FrameType.data, 0, stream.id);
  }

  #writeMessage(message: Message, bytes: number): void {
    const output = this.#output;
    output.uint8(0);
    output.uint32(bytes);
    if (message instanceof Uint8Array) output.bytes(message);
    else for (const piece of message) output.bytes(piece);
  }

  #hasOutputRoom(): boolean {
    return this.#output.pendingBytes < serverLimits.connectionOutputBytesMark;
  }

  #onDrain(): void {
    this.#pumpWaiting();
    if (this.#socket.isPaused() && this.#output.pendingBytes < serverLimits.connectionOutputBytesMark) {
      this.#socket.resume();
    }
  }

  #resetStream(streamId: number, code: ErrorCode): void {
    this.#sendReset(streamId, code);
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    this.#forget(stream);
    stream.listener?.onClose();
  }

  #forget(stream: Http2Stream): void {
    stream.drop();
    this.#waiting.delete(stream);
    this.#streams.delete(stream.id);
    this.#closeIfIdle();
  }

  #closeIfIdle(): void {
    if (!this.#isClosing || this.#streams.size > 0) return;
    this.#output.flush();
    this.#socket.end();
  }

  /** Says what the client did wrong, and hangs up. */
  #fail(error: ConnectionError): void {
    this.#sendGoAway(error.code, error.message);
    this.#output.flush();
    this.#socket.destroySoon();
    this.#onClose();
  }

  #onClose(): void {
    this.#isOver = true;
    const streams = [...this.#streams.values()];
    this.#streams.clear();
    this.#waiting.clear();
    for (const stream of streams) {
      stream.drop();
      stream.listener?.onClose();
    }
  }

  #sendSettings(): void {
    const settings = [
      [Setting.maxConcurrentStreams, this.#options.maxConcurrentStreams],
      [Setting.initialWindowSize, serverLimits.streamWindowBytes],
      [Setting.maxHeaderListSize, serverLimits.headerListBytesMax],
    ] as const;
    const payload = Buffer.alloc(settings.length * 6);
    for (const [index, [setting, value]] of settings.entries()) {
      payload.writeUInt16BE(setting, index * 6);
      payload.writeUInt32BE(value, index * 6 + 2);
    }
    this.#output.frameHeader(payload.length, FrameType.settings, 0, 0);
    this.#output.bytes(payload);
    this.#sendWindowUpdate(0, serverLimits.connectionWindowBytes - defaultWindowBytes);
  }

  #sendWindowUpdate(streamId: number, bytes: number): void {
    this.#output.frameHeader(4, FrameType.windowUpdate, 0, streamId);
    this.#output.uint32(bytes);
  }

  #sendReset(streamId: number, code: ErrorCode): void {
    this.#recentResets.add(streamId);
    if (this.#recentResets.size > serverLimits.recentResetsMax) {
      const [oldest] = this.#recentResets;
      if (oldest !== undefined) this.#recentResets.delete(oldest);
    }
    this.#output.frameHeader(4, FrameType.rstStream, 0, streamId);
    this.#output.uint32(code);
    this.#output.flushSoon();
  }

  #sendGoAway(code: ErrorCode, message: string): void {
    const text = Buffer.from(message);
    this.#output.frameHeader(8 + text.length, FrameType.goAway, 0, 0);
    this.#output.uint32(Math.min(this.#lastStreamId, this.#lastAcceptedId));
    this.#output.uint32(code);
    this.#output.bytes(text);
    this.#output.flushSoon();
  }
}

function messageBytes(message: Message): number {
  if (message instanceof Uint8Array) return message.length;
  let bytes = 0;
  for (const piece of message) bytes += piece.length;
  return bytes;
}

function checkStream(streamId: number): void {
  if (streamId === 0) throw new ConnectionError(ErrorCode.protocolError, 'a frame that needs a stream');
}

function checkConnection(streamId: number): void {
  if (streamId !== 0) throw new ConnectionError(ErrorCode.protocolError, 'a frame that belongs to no stream');
}

/** Priorities are deprecated, and of no use here, but they must make sense. */
function checkPriority(streamId: number, payload: Buffer): void {
  checkStream(streamId);
  if (payload.length !== priorityBytes) throw new StreamError(ErrorCode.frameSizeError, 'a priority of another size');
  if ((payload.readUInt32BE(0) & lastStreamIdMax) === streamId) {
    throw new StreamError(ErrorCode.protocolError, 'a stream that depends on itself');
  }
}

/** At the end of a request that said how long it is. */
function checkLength({ missingBytes }: Http2Stream): void {
  if (missingBytes !== 0 && missingBytes !== unknownLength) {
    throw new StreamError(ErrorCode.protocolError, 'not the length that was announced');
  }
}

function withoutPadding(flags: number, payload: Buffer): Buffer {
  if ((flags & Flag.padded) === 0) return payload;
  const padding = payload[0];
  if (padding === undefined || padding >= payload.length) {
    throw new ConnectionError(ErrorCode.protocolError, 'more padding than frame');
  }
  return payload.subarray(1, payload.length - padding);
}
