import type { Socket } from 'node:net';
import type { Keepalive } from '../../../config/listen/listen-keepalive.ts';
import type { HeldAccount } from '../budget/held-bytes.ts';
import type { Turn, TurnTaker } from '../budget/turns.ts';
import { commonNameOf } from '../connections/common-name.ts';
import { localName, peerName } from '../connections/socket-names.ts';
import type { StreamListener } from '../http/stream-listener.ts';
import { transportLimits } from '../transport-limits.ts';
import { checkRequestFields, checkTrailerFields, unknownLength } from './check-request-fields.ts';
import { checkConnection, checkLength, checkPriority, checkStream, withoutPadding } from './frame-checks.ts';
import { FrameReader } from './frame-reader.ts';
import { type HeaderBlock, HeaderBlocks } from './header-blocks.ts';
import type { UsualAnswer } from './hpack/hpack-encoder.ts';
import { Http2Sender } from './http2-sender.ts';
import { Http2Stream, type StreamConnection } from './http2-stream.ts';
import { IdleFrames } from './idle-frames.ts';
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
import { ReceiveWindows } from './receive-windows.ts';
import type { SharedBounds } from './shared-bounds.ts';

export interface Http2ConnectionOptions extends SharedBounds {
  readonly maxConcurrentStreams: number;
  readonly keepalive: Keepalive;
  /** The header blocks of most answers. */
  readonly usualAnswer?: UsualAnswer;
  /** Takes a new stream. Undefined: the stream is answered already. */
  readonly accept: (stream: Http2Stream) => StreamListener | undefined;
  /** A connection is closed because its client causes excessive load. */
  readonly onExcessiveLoad: (peer: string, reason: string) => void;
  /** A bug occurred. Its connection is closed. */
  readonly onFault: (error: unknown) => void;
}

/**
 * The server's side of one HTTP/2 connection (RFC 9113): applies the client's frames to its
 * streams.
 */
export class Http2Connection implements StreamConnection, TurnTaker {
  readonly sender: Http2Sender<Http2Stream>;
  readonly account: HeldAccount;
  readonly #socket: Socket;
  readonly #options: Http2ConnectionOptions;
  readonly #reader = new FrameReader((type, flags, streamId, payload) => this.#onFrame(type, flags, streamId, payload));
  readonly #windows: ReceiveWindows;
  readonly #headerBlocks = new HeaderBlocks();
  readonly #streams = new Map<number, Http2Stream>();
  /** Limits the frames that carry no request. */
  readonly #idleFrames: IdleFrames;
  /** Answer frames that were already credited to the limit of idle frames. */
  #rewardedFrames = 0;
  /** The turn that is running. */
  #turn: Turn | undefined;
  /** Frames that the running turn has processed. */
  #turnFrames = 0;
  /** The client has sent more than its last turn could process. */
  #isInputLeft = false;
  /**
   * Streams that this side reset, the oldest first. Frames that the client had already sent are no
   * error.
   */
  readonly #recentResets = new Set<number>();
  readonly #pings: PingPolicy;
  readonly #liveness: Liveness;
  #hasSettings = false;
  #lastStreamId = 0;
  /** Streams above this id arrived after GOAWAY was sent. */
  #lastAcceptedId = windowBytesMax;
  #isClosing = false;
  /** The connection has failed or closed. Nothing more is read. */
  #isOver = false;
  /** Bytes of replies that the client has not read. */
  #unreadBytes = 0;
  readonly #wakeLater = () => this.#wakeDrained();
  /** Callbacks of queues that wait for the client to read. */
  #onceDrained: (() => void)[] = [];
  /** Cached after the first use. */
  #commonName: { readonly is: string | undefined } | undefined;

  constructor(socket: Socket, options: Http2ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#pings = new PingPolicy(options.keepalive.clientIntervalMinMs);
    this.#liveness = new Liveness(options.keepalive);
    this.#idleFrames = new IdleFrames(options.idleFrames);
    this.sender = new Http2Sender(socket, {
      usualAnswer: options.usualAnswer,
      onUntaken: (change) => this.countUnread(change),
      onEnded: (stream) => this.#onEnded(stream),
    });
    this.#windows = new ReceiveWindows(this.sender, options.messageMemory);
    this.account = options.held.open({
      bytesMax: transportLimits.connectionHeldBytesMax,
      onExceeded: () => this.#failExcessiveLoad('requests and watches hold too much memory'),
    });
    this.sender.settings([
      [Setting.maxConcurrentStreams, options.maxConcurrentStreams],
      [Setting.initialWindowSize, transportLimits.streamWindowBytes],
      [Setting.maxHeaderListSize, transportLimits.headerListBytesMax],
    ]);
    this.sender.windowUpdate(0, transportLimits.connectionWindowBytes - defaultWindowBytes);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('drain', () => this.#onDrain());
    socket.on('close', () => this.#onClose());
  }

  get peer(): string {
    return peerName(this.#socket);
  }

  get local(): string {
    return localName(this.#socket);
  }

  /** The client does not read its answers. */
  get isBackedUp(): boolean {
    if (this.#isOver) return false;
    return this.#isOverfull || this.#options.unread.isBackedUp(this.#unreadBytes);
  }

  /** Too much waits for the socket. No input is processed or read until the client reads. */
  get #isOverfull(): boolean {
    return this.#options.unread.isOverfull(this.sender.outputBytes);
  }

  onceDrained(wake: () => void): void {
    this.#onceDrained.push(wake);
    this.#options.unread.onceFew(this.#wakeLater);
  }

  countUnread(bytes: number): void {
    this.#unreadBytes += bytes;
    this.#options.unread.add(bytes);
    if (bytes < 0 && this.#onceDrained.length > 0 && !this.isBackedUp) this.#wakeDrained();
  }

  get commonName(): string | undefined {
    this.#commonName ??= { is: commonNameOf(this.#socket) };
    return this.#commonName.is;
  }

  get isSecure(): boolean {
    return 'encrypted' in this.#socket;
  }

  /** Accepts no more streams, and closes after the last open stream has ended. */
  close(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#lastAcceptedId = this.#lastStreamId;
    this.sender.goAway(this.#lastStreamId, ErrorCode.noError, '');
    this.#closeIfIdle();
  }

  /** Pings a silent client. Closes the connection if the client does not answer. */
  checkLiveness(nowMs: number): void {
    const due = this.#liveness.check(nowMs);
    if (due === 'ping') this.sender.ping();
    if (due === 'end') this.#socket.destroy();
  }

  refillWindow(stream: Http2Stream): void {
    this.#windows.refill(stream);
  }

  releaseRequest(stream: Http2Stream): void {
    this.#windows.forget(stream);
  }

  takeTurn(turn: Turn): boolean {
    if (this.#isOver) return false;
    this.#turn = turn;
    this.#turnFrames = 0;
    this.#isInputLeft = this.#readFrames();
    this.#turn = undefined;
    this.#listen();
    // While too much waits for the socket, its drain event starts the next turn.
    return this.#isInputLeft && !this.#isOverfull;
  }

  #receive(chunk: Buffer): void {
    if (this.#isOver) return;
    this.#liveness.hasReceived = true;
    this.#reader.push(chunk);
    this.#startTurn();
    this.#listen();
  }

  #startTurn(): void {
    if (this.#options.turns.start(this)) this.#isInputLeft = true;
  }

  #readFrames(): boolean {
    try {
      return this.#reader.read();
    } catch (error) {
      if (error instanceof ConnectionError) {
        this.#fail(error);
      } else {
        this.#options.onFault(error);
        this.#fail(new ConnectionError(ErrorCode.internalError, 'internal error'));
      }
      return false;
    }
  }

  /**
   * Continues to read. Pauses while input is left for a later turn, or while the client does not
   * read its answers, which would accumulate.
   */
  #listen(): void {
    if (this.#isOver) return;
    if (this.#isInputLeft || this.#isOverfull) this.#socket.pause();
    else if (this.#socket.isPaused() && this.sender.hasSpace) this.#socket.resume();
  }

  #onDrain(): void {
    this.sender.onDrain();
    if (this.#isInputLeft && !this.#isOverfull) this.#startTurn();
    this.#listen();
    this.#wakeDrained();
  }

  /** Returns whether the next frame may follow at once. */
  #onFrame(type: number, flags: number, streamId: number, payload: Buffer): boolean {
    if (!this.#hasSettings && type !== FrameType.settings) {
      throw new ConnectionError(ErrorCode.protocolError, 'the first frame is not SETTINGS');
    }
    if (this.#headerBlocks.isPartial && type !== FrameType.continuation) {
      throw new ConnectionError(ErrorCode.protocolError, 'a frame within a header block');
    }
    try {
      this.#dispatch(type, flags, streamId, payload);
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      this.#countIdle();
      this.#failStream(streamId, error.code);
    }
    this.#turnFrames += 1;
    if (this.#isOver || this.#isOverfull) return false;
    return this.#turnFrames < transportLimits.turnFramesMin || this.#turn?.isOver !== true;
  }

  /** Counts bytes that no request needs. They pass through memory nevertheless. */
  countUseless(bytes: number): void {
    this.#countIdle(1 + Math.floor(bytes / transportLimits.uselessBytesPerFrame));
  }

  /** Counts a frame that carried no request, or that ended an unanswered one. */
  #countIdle(weight = 1): void {
    const { wholeFrames } = this.sender;
    this.#idleFrames.giveBack((wholeFrames - this.#rewardedFrames) * transportLimits.idleFramesPerAnswerFrame);
    this.#rewardedFrames = wholeFrames;
    if (!this.#idleFrames.allows(weight)) this.#failExcessiveLoad('too many frames that carry no request');
  }

  /** Closes the connection because the client causes excessive load. */
  #failExcessiveLoad(reason: string): void {
    if (this.#isOver) return;
    this.#options.onExcessiveLoad(this.peer, reason);
    this.#fail(new ConnectionError(ErrorCode.enhanceYourCalm, reason));
  }

  #dispatch(type: number, flags: number, streamId: number, payload: Buffer): void {
    switch (type) {
      case FrameType.data:
        this.#onData(streamId, flags, payload);
        break;
      case FrameType.headers:
        checkStream(streamId);
        if (streamId % 2 === 0) throw new ConnectionError(ErrorCode.protocolError, 'a client stream with an even id');
        this.#onHeaders(streamId, this.#headerBlocks.headers(streamId, flags, payload));
        break;
      case FrameType.continuation:
        this.#countIdle();
        this.#onHeaders(streamId, this.#headerBlocks.continuation(streamId, flags, payload));
        break;
      case FrameType.priority:
        this.#countIdle();
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
        this.#countIdle();
        if ((flags & Flag.ack) === 0) this.#onPing(payload);
        break;
      case FrameType.goAway:
        checkConnection(streamId);
        this.#countIdle();
        this.close();
        break;
      case FrameType.windowUpdate:
        this.#onWindowUpdate(streamId, payload);
        break;
      default:
        // Frames of unknown types must be ignored.
        this.countUseless(payload.length);
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
    this.#windows.countConnection(payload.length);
    const stream = this.#known(streamId);
    if (stream?.isRemoteClosed ?? !this.#recentResets.has(streamId)) {
      throw new StreamError(ErrorCode.streamClosed, 'data after the end');
    }
    const data = withoutPadding(flags, payload);
    const isEnd = (flags & Flag.endStream) !== 0;
    if (stream === undefined || (data.length === 0 && !isEnd)) this.countUseless(payload.length);
    if (stream === undefined || stream.isClosed) return;
    this.#windows.countStream(stream, payload.length);
    if (stream.missingBytes !== unknownLength) {
      stream.missingBytes -= data.length;
      if (isEnd || stream.missingBytes < 0) checkNothingMissing(stream.missingBytes);
    }
    stream.isRemoteClosed = isEnd;
    if (data.length > 0) stream.listener?.onData(data);
    if (isEnd) this.#endRequest(stream);
    else this.refillWindow(stream);
  }

  /** Undefined: the block continues in the next frame. */
  #onHeaders(streamId: number, block: HeaderBlock | undefined): void {
    if (block === undefined) return;
    if (streamId <= this.#lastStreamId) {
      this.#onTrailers(streamId, block);
      return;
    }
    this.#lastStreamId = streamId;
    if (streamId > this.#lastAcceptedId) return;
    if (this.#streams.size >= this.#options.maxConcurrentStreams) {
      this.#countIdle();
      this.#reset(streamId, ErrorCode.refusedStream);
      return;
    }
    const contentLength = checkRequestFields(block.decoded);
    if (block.isEnd) checkNothingMissing(contentLength);
    this.#turn?.charge(transportLimits.callTurnMs);
    const { fields, listBytes } = block.decoded;
    const stream = new Http2Stream(this, streamId, { fields, listBytes, receiveWindow: this.#windows.streamWindow });
    // The stream's memory may have exceeded the limit of the connection, which is then closed.
    if (this.#isOver) return;
    stream.isRemoteClosed = block.isEnd;
    stream.missingBytes = contentLength;
    this.#streams.set(streamId, stream);
    stream.listener = this.#options.accept(stream);
    if (block.isEnd) stream.listener?.onEnd();
  }

  #onTrailers(streamId: number, { decoded, isEnd }: HeaderBlock): void {
    const stream = this.#streams.get(streamId);
    if (stream === undefined) {
      if (this.#recentResets.has(streamId)) return;
      throw new ConnectionError(ErrorCode.protocolError, 'a stream opened out of order');
    }
    if (stream.isRemoteClosed) throw new StreamError(ErrorCode.streamClosed, 'headers after the end');
    if (!isEnd) throw new StreamError(ErrorCode.protocolError, 'trailers that do not end the stream');
    checkTrailerFields(decoded);
    checkNothingMissing(stream.missingBytes);
    stream.isRemoteClosed = true;
    this.#endRequest(stream);
  }

  #endRequest(stream: Http2Stream): void {
    stream.listener?.onEnd();
    this.#windows.endRequest(stream);
  }

  #onReset(streamId: number, payload: Buffer): void {
    checkStream(streamId);
    checkLength(payload, 4);
    const stream = this.#known(streamId);
    this.#countIdle();
    if (stream === undefined) return;
    this.#forget(stream);
    stream.listener?.onClose();
  }

  #onSettings(streamId: number, flags: number, payload: Buffer): void {
    checkConnection(streamId);
    // A frame without settings costs an acknowledgement too.
    this.#countIdle();
    if ((flags & Flag.ack) !== 0) {
      checkLength(payload, 0);
      this.#windows.onSettingsAcknowledged(this.#streams.values());
      return;
    }
    if (payload.length % 6 !== 0) throw new ConnectionError(ErrorCode.frameSizeError, 'settings of the wrong size');
    this.#hasSettings = true;
    for (let at = 0; at < payload.length && !this.#isOver; at += 6) {
      const setting = payload.readUInt16BE(at);
      this.#countIdle(1 + (setting === Setting.initialWindowSize ? Math.floor(this.#streams.size / 8) : 0));
      this.sender.applySetting(setting, payload.readUInt32BE(at + 2), this.#streams.values());
    }
    this.sender.settingsAcknowledgement();
  }

  #onWindowUpdate(streamId: number, payload: Buffer): void {
    checkLength(payload, 4);
    this.#countIdle();
    const increment = payload.readUInt32BE(0) & windowBytesMax;
    if (streamId === 0) {
      this.sender.growWindow(increment);
      return;
    }
    const stream = this.#known(streamId);
    if (stream !== undefined) this.sender.growStreamWindow(stream, increment);
  }

  /**
   * An open stream. Undefined: the stream has ended. The id of a stream that never existed ends the
   * connection.
   */
  #known(streamId: number): Http2Stream | undefined {
    const stream = this.#streams.get(streamId);
    if (stream === undefined && (streamId > this.#lastStreamId || streamId % 2 === 0)) {
      throw new ConnectionError(ErrorCode.protocolError, 'a stream that was not opened');
    }
    return stream;
  }

  /** A stream is answered. Further bytes of its request are not needed. */
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
    if (this.#recentResets.size > transportLimits.recentResetsMax) {
      const [oldest] = this.#recentResets;
      if (oldest !== undefined) this.#recentResets.delete(oldest);
    }
    this.sender.reset(streamId, code);
  }

  #forget(stream: Http2Stream): void {
    stream.drop();
    this.sender.forget(stream);
    this.#windows.forget(stream);
    this.#streams.delete(stream.id);
    this.#closeIfIdle();
  }

  #closeIfIdle(): void {
    if (!this.#isClosing || this.#streams.size > 0) return;
    this.sender.flush();
    this.#socket.end();
  }

  /** Sends the error of the client in GOAWAY, and closes the connection. */
  #fail(error: ConnectionError): void {
    this.sender.goAway(this.#lastStreamId, error.code, error.message);
    this.sender.flush();
    this.#socket.pause();
    this.#socket.destroySoon();
    // A client that does not read does not receive the error either.
    const timer = setTimeout(() => this.#socket.destroy(), transportLimits.failedCloseMs).unref();
    this.#socket.once('close', () => clearTimeout(timer));
    this.#onClose();
  }

  #onClose(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.turns.forget(this);
    this.account.close();
    this.#options.unread.forget(this.#wakeLater);
    const streams = [...this.#streams.values()];
    this.#streams.clear();
    for (const stream of streams) {
      stream.drop();
      this.sender.forget(stream);
      this.#windows.forget(stream);
      stream.listener?.onClose();
    }
    this.#windows.close();
    this.#reader.close();
    this.sender.close();
    this.#wakeDrained();
  }

  #wakeDrained(): void {
    const wakes = this.#onceDrained;
    this.#onceDrained = [];
    for (const wake of wakes) wake();
  }
}

/** Checks at the end of a request that its length is the announced content-length. */
function checkNothingMissing(missingBytes: number): void {
  if (missingBytes !== 0 && missingBytes !== unknownLength) {
    throw new StreamError(ErrorCode.protocolError, 'a body of another length than content-length');
  }
}
