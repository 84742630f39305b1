import type { Socket } from 'node:net';
import type { GrpcKeepalive } from '../../config/config.ts';
import type { HttpStreamListener } from '../grpc/http-stream.ts';
import { serverLimits } from '../server-limits.ts';
import { checkRequestFields, checkTrailerFields, unknownLength } from './check-request-fields.ts';
import { commonNameOf } from './common-name.ts';
import { checkConnection, checkLength, checkPriority, checkStream, withoutPadding } from './frame-checks.ts';
import { FrameReader } from './frame-reader.ts';
import { type HeaderBlock, HeaderBlocks } from './header-blocks.ts';
import { Http2Sender } from './http2-sender.ts';
import { Http2Stream, type StreamHome } from './http2-stream.ts';
import { Liveness } from './liveness.ts';
import { PingPolicy } from './ping-policy.ts';
import {
  ConnectionError,
  defaultWindowBytes,
  ErrorCode,
  Flag,
  FrameType,
  Setting,
  StreamError,
  windowBytesMax,
} from './protocol.ts';
import { RateLimit } from './rate-limit.ts';

export interface Http2ConnectionOptions {
  readonly maxConcurrentStreams: number;
  readonly keepalive: GrpcKeepalive;
  /** Takes a new stream. Undefined: it was answered. */
  readonly accept: (stream: Http2Stream) => HttpStreamListener | undefined;
  /** A bug met a connection, which ends. */
  readonly onFault: (error: unknown) => void;
}

/** The server's end of one HTTP/2 connection (RFC 9113): what the client's frames do to its streams. */
export class Http2Connection implements StreamHome {
  readonly sender: Http2Sender;
  readonly #socket: Socket;
  readonly #options: Http2ConnectionOptions;
  readonly #reader = new FrameReader((type, flags, streamId, payload) => this.#onFrame(type, flags, streamId, payload));
  readonly #headerBlocks = new HeaderBlocks();
  readonly #streams = new Map<number, Http2Stream>();
  /** Resets by the client. */
  readonly #resets = new RateLimit({
    burst: serverLimits.streamResetBurst,
    perSecond: serverLimits.streamResetsPerSecond,
  });
  /** Streams that this side reset, the oldest first: what the client had sent of them already is no mistake. */
  readonly #recentResets = new Set<number>();
  readonly #pings: PingPolicy;
  readonly #liveness: Liveness;
  #hasSettings = false;
  #lastStreamId = 0;
  /** Streams above it came after we said that we go. */
  #lastAcceptedId = windowBytesMax;
  #isClosing = false;
  /** Failed, or gone: nothing is read any more. */
  #isOver = false;
  #receiveWindow: number = serverLimits.connectionWindowBytes;
  /** Once it was asked for. */
  #commonName: { readonly is: string | undefined } | undefined;

  constructor(socket: Socket, options: Http2ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#pings = new PingPolicy(options.keepalive.clientIntervalMinMs);
    this.#liveness = new Liveness(options.keepalive);
    this.sender = new Http2Sender(socket, (stream) => this.#onEnded(stream));
    this.sender.settings([
      [Setting.maxConcurrentStreams, options.maxConcurrentStreams],
      [Setting.initialWindowSize, serverLimits.streamWindowBytes],
      [Setting.maxHeaderListSize, serverLimits.headerListBytesMax],
    ]);
    this.sender.windowUpdate(0, serverLimits.connectionWindowBytes - defaultWindowBytes);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('drain', () => this.#onDrain());
    socket.on('close', () => this.#onClose());
  }

  get peer(): string {
    return `${this.#socket.remoteAddress ?? 'unix'}:${this.#socket.remotePort ?? ''}`;
  }

  get commonName(): string | undefined {
    this.#commonName ??= { is: commonNameOf(this.#socket) };
    return this.#commonName.is;
  }

  get isSecure(): boolean {
    return 'encrypted' in this.#socket;
  }

  /** Takes no more streams, and closes when those there are have ended. */
  close(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#lastAcceptedId = this.#lastStreamId;
    this.sender.goAway(this.#lastStreamId, ErrorCode.noError, '');
    this.#closeIfIdle();
  }

  /** Asks a silent client whether it is there, and hangs up on one that does not answer. */
  checkLiveness(nowMs: number): void {
    const due = this.#liveness.look(nowMs);
    if (due === 'ping') this.sender.ping();
    if (due === 'end') this.#socket.destroy();
  }

  /** Lets the client send on, once half of its window is used up. */
  refillWindow(stream: Http2Stream): void {
    if (stream.isPaused || stream.isRemoteClosed || stream.isClosed) return;
    if (stream.unacknowledgedBytes < serverLimits.streamWindowBytes / 2) return;
    this.sender.windowUpdate(stream.id, stream.unacknowledgedBytes);
    stream.receiveWindow += stream.unacknowledgedBytes;
    stream.unacknowledgedBytes = 0;
  }

  #receive(chunk: Buffer): void {
    if (this.#isOver) return;
    this.#liveness.wasHeard = true;
    try {
      this.#reader.push(chunk);
    } catch (error) {
      if (error instanceof ConnectionError) {
        this.#fail(error);
      } else {
        this.#options.onFault(error);
        this.#fail(new ConnectionError(ErrorCode.internalError, 'a fault of the server'));
      }
    }
    // A client that does not read its answers is not listened to either, or they would pile up.
    if (this.sender.isOverfull) this.#socket.pause();
  }

  #onDrain(): void {
    this.sender.onDrain();
    if (this.#socket.isPaused() && this.sender.hasRoom) this.#socket.resume();
  }

  #onFrame(type: number, flags: number, streamId: number, payload: Buffer): void {
    if (!this.#hasSettings && type !== FrameType.settings) {
      throw new ConnectionError(ErrorCode.protocolError, 'the first frame is no SETTINGS');
    }
    if (this.#headerBlocks.isPartial && type !== FrameType.continuation) {
      throw new ConnectionError(ErrorCode.protocolError, 'a frame between those of a header block');
    }
    try {
      this.#dispatch(type, flags, streamId, payload);
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      this.#failStream(streamId, error.code);
    }
  }

  #dispatch(type: number, flags: number, streamId: number, payload: Buffer): void {
    switch (type) {
      case FrameType.data:
        this.#onData(streamId, flags, payload);
        break;
      case FrameType.headers:
        checkStream(streamId);
        if (streamId % 2 === 0) throw new ConnectionError(ErrorCode.protocolError, 'an even stream of a client');
        this.#onHeaders(streamId, this.#headerBlocks.headers(streamId, flags, payload));
        break;
      case FrameType.continuation:
        this.#onHeaders(streamId, this.#headerBlocks.continuation(streamId, flags, payload));
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
        checkConnection(streamId);
        checkLength(payload, 8);
        if ((flags & Flag.ack) === 0) this.#onPing(payload);
        break;
      case FrameType.goAway:
        checkConnection(streamId);
        this.close();
        break;
      case FrameType.windowUpdate:
        this.#onWindowUpdate(streamId, payload);
        break;
      default:
      // Frames of unknown types are to be ignored.
    }
  }

  #onPing(payload: Buffer): void {
    this.sender.pingAcknowledgement(payload);
    const { answerFrames } = this.sender;
    if (this.#pings.allows({ hasStreams: this.#streams.size > 0, answerFrames })) return;
    throw new ConnectionError(ErrorCode.enhanceYourCalm, 'too_many_pings');
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
      if (isEnd || stream.missingBytes < 0) checkContentLength(stream);
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
    this.sender.windowUpdate(0, serverLimits.connectionWindowBytes - this.#receiveWindow);
    this.#receiveWindow = serverLimits.connectionWindowBytes;
  }

  /** Undefined: the block goes on. */
  #onHeaders(streamId: number, block: HeaderBlock | undefined): void {
    if (block === undefined) return;
    if (streamId <= this.#lastStreamId) {
      this.#onTrailers(streamId, block);
      return;
    }
    this.#lastStreamId = streamId;
    if (streamId > this.#lastAcceptedId) return;
    if (this.#streams.size >= this.#options.maxConcurrentStreams) {
      this.#reset(streamId, ErrorCode.refusedStream);
      return;
    }
    const contentLength = checkRequestFields(block.fields);
    const stream = new Http2Stream(this, streamId, block.fields);
    stream.isRemoteClosed = block.isEnd;
    stream.missingBytes = contentLength;
    this.#streams.set(streamId, stream);
    stream.listener = this.#options.accept(stream);
    if (block.isEnd) stream.listener?.onEnd();
  }

  #onTrailers(streamId: number, { fields, isEnd }: HeaderBlock): void {
    const stream = this.#streams.get(streamId);
    if (stream === undefined) {
      if (this.#recentResets.has(streamId)) return;
      throw new ConnectionError(ErrorCode.protocolError, 'a stream opened out of order');
    }
    if (stream.isRemoteClosed) throw new StreamError(ErrorCode.streamClosed, 'headers after the end');
    if (!isEnd) throw new StreamError(ErrorCode.protocolError, 'trailers that do not end the stream');
    checkTrailerFields(fields);
    checkContentLength(stream);
    stream.isRemoteClosed = true;
    stream.listener?.onEnd();
  }

  #onReset(streamId: number, payload: Buffer): void {
    checkStream(streamId);
    checkLength(payload, 4);
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
      checkLength(payload, 0);
      return;
    }
    if (payload.length % 6 !== 0) throw new ConnectionError(ErrorCode.frameSizeError, 'settings of another size');
    this.#hasSettings = true;
    for (let at = 0; at < payload.length; at += 6) {
      this.sender.applySetting(payload.readUInt16BE(at), payload.readUInt32BE(at + 2), this.#streams.values());
    }
    this.sender.settingsAcknowledgement();
  }

  #onWindowUpdate(streamId: number, payload: Buffer): void {
    checkLength(payload, 4);
    const increment = payload.readUInt32BE(0) & windowBytesMax;
    if (streamId === 0) {
      this.sender.growWindow(increment);
      return;
    }
    const stream = this.#known(streamId);
    if (stream !== undefined) this.sender.growStreamWindow(stream, increment);
  }

  /** A stream that is there. Undefined: it is over. One that never was ends the connection. */
  #known(streamId: number): Http2Stream | undefined {
    const stream = this.#streams.get(streamId);
    if (stream === undefined && (streamId > this.#lastStreamId || streamId % 2 === 0)) {
      throw new ConnectionError(ErrorCode.protocolError, 'a stream that was not opened');
    }
    return stream;
  }

  /** A stream is answered. What the client still sends of it is of no use. */
  #onEnded(stream: Http2Stream): void {
    if (!stream.isRemoteClosed) this.#reset(stream.id, ErrorCode.noError);
    this.#forget(stream);
  }

  #failStream(streamId: number, code: ErrorCode): void {
    this.#reset(streamId, code);
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    this.#forget(stream);
    stream.listener?.onClose();
  }

  #reset(streamId: number, code: ErrorCode): void {
    this.#recentResets.add(streamId);
    if (this.#recentResets.size > serverLimits.recentResetsMax) {
      const [oldest] = this.#recentResets;
      if (oldest !== undefined) this.#recentResets.delete(oldest);
    }
    this.sender.reset(streamId, code);
  }

  #forget(stream: Http2Stream): void {
    stream.drop();
    this.sender.forget(stream);
    this.#streams.delete(stream.id);
    this.#closeIfIdle();
  }

  #closeIfIdle(): void {
    if (!this.#isClosing || this.#streams.size > 0) return;
    this.sender.flush();
    this.#socket.end();
  }

  /** Says what the client did wrong, and hangs up. */
  #fail(error: ConnectionError): void {
    this.sender.goAway(this.#lastStreamId, error.code, error.message);
    this.sender.flush();
    this.#socket.destroySoon();
    this.#onClose();
  }

  #onClose(): void {
    this.#isOver = true;
    const streams = [...this.#streams.values()];
    this.#streams.clear();
    for (const stream of streams) {
      stream.drop();
      this.sender.forget(stream);
      stream.listener?.onClose();
    }
  }
}

/** At the end of a request that said how long it is. */
function checkContentLength({ missingBytes }: Http2Stream): void {
  if (missingBytes !== 0 && missingBytes !== unknownLength) {
    throw new StreamError(ErrorCode.protocolError, 'not the length that was announced');
  }
}
