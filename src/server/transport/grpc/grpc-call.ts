import { assert, StatusCode } from '../../../errors.ts';
import { freeLarge } from '../../../kit/memory.ts';
import type { Origin } from '../../../kit/origin.ts';
import type { CallTrace } from '../../../kit/trace.ts';
import type { UnfinishedRequest } from '../budget/request-timeouts.ts';
import { firstHeaderValue } from '../http/header-field.ts';
import type { StreamListener } from '../http/stream-listener.ts';
import { transportLimits } from '../transport-limits.ts';
import type { CallStream } from './call-stream.ts';
import type { Deadlines } from './deadlines.ts';
import { decompress } from './decompress.ts';
import { IncomingMessages } from './incoming-messages.ts';
import { MessageReader } from './message-reader.ts';
import { MessageTurns } from './message-turns.ts';
import type { Call, Message, MessageStream } from './method.ts';
import type { MethodEntry } from './method-table.ts';
import { canceledStatus, deadlineStatus, GrpcError, okStatus, type Status } from './status.ts';

const noDeadline = -1;
const noMessages = new IncomingMessages(() => undefined, new MessageTurns());

function unexpectedEnd(): GrpcError {
  return new GrpcError(StatusCode.internal, 'unexpected EOF');
}

/** A unary call that has ended. */
export interface EndedCall {
  readonly path: string;
  readonly peer: string;
  readonly tookMs: number;
  readonly code: StatusCode;
  readonly requestBytes: number;
  /** 0 if the call failed. */
  readonly replyBytes: number;
  /** The description of the call; empty if its method gives none. */
  readonly about: string;
}

/** Receives slow unary calls. */
export interface SlowCallLog {
  /** Calls that take longer are reported. */
  readonly thresholdMs: number;
  report(call: EndedCall): void;
}

/** Statuses of calls that the server itself ends. */
export interface OwnStatuses {
  /** The request took too long to arrive. */
  readonly requestTimeout: Status;
  /** The server stops, and the call is open-ended. */
  readonly stopped: Status;
}

/** The part of the server that its calls need. */
export interface CallServer {
  readonly deadlines: Deadlines;
  readonly messageTurns: MessageTurns;
  readonly messageBytesMax: number;
  readonly outgoingBytesMark: number;
  readonly slowCalls: SlowCallLog;
  readonly statuses: OwnStatuses;
  statusOf(error: unknown, options: { readonly isStream: boolean }): Status;
  /** The call has ended. */
  forget(call: GrpcCall): void;
}

/** What the headers of a call have decided. */
interface CallHead {
  readonly entry: MethodEntry;
  readonly encoding: string | undefined;
  /** Undefined: the call is not traced. */
  readonly trace: CallTrace | undefined;
}

/**
 * One call, from its headers to its trailers. It implements `Call` itself. A streaming call also
 * has a `MessageStream`.
 */
export class GrpcCall implements Call, StreamListener, UnfinishedRequest {
  readonly trace: CallTrace | undefined;
  readonly #server: CallServer;
  readonly #stream: CallStream;
  readonly #entry: MethodEntry;
  readonly #startMs = performance.now();
  readonly #encoding: string | undefined;
  readonly #reader: MessageReader;
  #deadlineTick = noDeadline;
  #abort: AbortController | undefined;
  #incoming: IncomingMessages | undefined;
  /** The last message of `#incoming`, if it was compressed. */
  #decompressed: Uint8Array | undefined;
  /** Memory that the handler keeps of earlier messages. */
  #keptBytes = 0;
  /** The time at which an incomplete message began. */
  #arrivingSinceMs: number | undefined;
  /** The client has sent its last byte. */
  #isRequestEnded = false;
  /** A call with one request has received it. */
  #isRequested = false;
  #requestBytes = 0;
  #replyBytes = 0;
  #describe: (() => string) | undefined;
  /** Set once, when the call ends. */
  #end: Status | undefined;

  constructor(server: CallServer, stream: CallStream, { entry, encoding, trace }: CallHead) {
    this.trace = trace;
    this.#server = server;
    this.#stream = stream;
    this.#entry = entry;
    this.#encoding = encoding;
    this.#reader = new MessageReader(server);
    entry.metrics.started += 1;
  }

  /** `timeoutMs`: the client's deadline, if it has one. */
  start(timeoutMs: number | undefined): void {
    if (timeoutMs !== undefined && timeoutMs < transportLimits.deadlineMsMin) {
      this.onDeadline();
      return;
    }
    if (timeoutMs !== undefined) this.#deadlineTick = this.#server.deadlines.add(this, timeoutMs);
    const { method } = this.#entry;
    if (method.kind !== 'bidirectional') return;
    this.#incoming = new IncomingMessages(() => this.#nextIncoming(), this.#server.messageTurns);
    this.#stream.resume();
    this.#runStream(() => method.handle(this.#messageStream(), this));
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#end !== undefined) this.#abort.abort(abortReason(this.#end));
    return this.#abort.signal;
  }

  metadata(name: string): string | undefined {
    return firstHeaderValue(this.#stream.fields, name);
  }

  get peer(): string {
    return this.#stream.peer;
  }

  get origin(): Origin {
    return this.#stream.origin;
  }

  get isGone(): boolean {
    return this.#end !== undefined;
  }

  get commonName(): string | undefined {
    return this.#stream.commonName;
  }

  about(describe: () => string): void {
    this.#describe = describe;
  }

  /**
   * Whether only the client ends the call. On a shutdown the server ends an open-ended call at
   * once.
   */
  get isOpenEnded(): boolean {
    const { method } = this.#entry;
    return method.kind !== 'unary' || method.isOpenEnded === true;
  }

  get missingBytes(): number {
    return this.#reader.missingBytes;
  }

  get keepsRequest(): boolean {
    return this.#isRequested && !this.isOpenEnded;
  }

  onData(chunk: Buffer): void {
    if (this.#end !== undefined) return;
    this.#reader.push(chunk);
    try {
      if (this.#incoming === undefined) this.#receiveRequest();
      else this.#incoming.arrived();
    } catch (error) {
      this.#fail(error);
    }
    this.#holdRest();
  }

  onEnd(): void {
    if (this.#end !== undefined) return;
    if (this.#incoming !== undefined) {
      this.#isRequestEnded = true;
      this.#incoming.end();
    } else if (this.#reader.heldBytes > 0) {
      this.#fail(unexpectedEnd());
    } else if (!this.#isRequested) {
      const text = 'cardinality violation: received no request message from non-client-streaming RPC';
      this.#fail(new GrpcError(StatusCode.internal, text));
    }
  }

  onClose(): void {
    this.#finish(canceledStatus);
  }

  onDeadline(): void {
    this.#deadlineTick = noDeadline;
    this.#endWith(deadlineStatus);
  }

  /** The server stops. */
  stop(): void {
    this.#endWith(this.#server.statuses.stopped);
  }

  /** The request took too long to arrive. */
  abortRequest(): void {
    this.#endWith(this.#server.statuses.requestTimeout);
  }

  /**
   * Whether the call has waited for its request, or for the rest of a message, since before a time.
   */
  isArrivingSince(beforeMs: number): boolean {
    if (this.#arrivingSinceMs !== undefined) return this.#arrivingSinceMs < beforeMs;
    return this.#incoming === undefined && !this.#isRequested && this.#startMs < beforeMs;
  }

  /**
   * Counts bytes that wait for the rest of their message or for the handler as held. Above a limit
   * the client must wait.
   */
  #holdRest(): void {
    if (this.#end !== undefined) return;
    this.#reader.detach();
    this.#stream.hold(this.#reader.memoryBytes + this.#keptBytes);
    const { heldBytes, missingBytes } = this.#reader;
    if (missingBytes === 0) this.#arrivingSinceMs = undefined;
    else this.#arrivingSinceMs ??= performance.now();
    if (this.#incoming === undefined) return;
    if (missingBytes === 0 && heldBytes >= transportLimits.incomingBytesMax) this.#stream.pause();
    else this.#stream.resume();
  }

  #keep(bytes: number): void {
    if (this.#end !== undefined) return;
    this.#keptBytes += bytes;
    this.#stream.hold(this.#reader.memoryBytes + this.#keptBytes);
  }

  /** Receives the only request of a call. */
  #receiveRequest(): void {
    for (let message = this.#nextMessage(); message !== undefined; message = this.#nextMessage()) {
      if (this.#isRequested) {
        const text = 'cardinality violation: received multiple request messages for non-client-streaming RPC';
        throw new GrpcError(StatusCode.internal, text);
      }
      this.#isRequested = true;
      this.#handle(message);
    }
  }

  #handle(message: Uint8Array): void {
    const { method } = this.#entry;
    assert(method.kind !== 'bidirectional', 'a bidirectional call has incoming messages');
    if (method.kind === 'serverStream') {
      this.#runStream(() => method.handle(message, this.#messageStream(), this));
    } else {
      this.#replyWith(method.handle(message, this));
    }
  }

  /** Separate from `#handle`, whose closures would keep the message in memory until the reply. */
  #replyWith(reply: Promise<Message>): void {
    reply.then(
      (message) => this.#reply(message),
      (error: unknown) => this.#fail(error),
    );
  }

  /**
   * The next message, on request of the handler. The message before is not valid any more. If it
   * was decompressed, its memory is freed at once: a client can send hundreds of megabytes in a
   * second.
   */
  #nextIncoming(): Uint8Array | undefined {
    if (this.#decompressed !== undefined) freeLarge([this.#decompressed]);
    const message = this.#nextMessage();
    this.#decompressed = message !== undefined && this.#reader.isCompressed ? message : undefined;
    if (message === undefined && this.#isRequestEnded && this.#reader.heldBytes > 0) throw unexpectedEnd();
    this.#holdRest();
    return message;
  }

  #nextMessage(): Uint8Array | undefined {
    const packed = this.#reader.next();
    if (packed === undefined) return undefined;
    const message = this.#reader.isCompressed ? decompress(packed, this.#compression()) : packed;
    if (message.length > transportLimits.unpackedFactorMax * packed.length) this.#stream.countUseless(message.length);
    this.#entry.metrics.countReceived(message.length);
    this.#requestBytes += message.length;
    return message;
  }

  #runStream(run: () => Promise<void>): void {
    try {
      run().then(
        () => this.#endWith(okStatus),
        (error: unknown) => this.#fail(error),
      );
    } catch (error) {
      this.#fail(error);
    }
  }

  #messageStream(): MessageStream {
    const stream = this.#stream;
    const call = this;
    return {
      incoming: (parse) => (this.#incoming ?? noMessages).parsed(parse),
      send(messages) {
        if (call.#end === undefined) {
          for (const message of messages) call.#entry.metrics.countSent(message);
          stream.send(messages);
        }
        return stream.pendingBytes <= call.#server.outgoingBytesMark;
      },
      drained: (bytesMax) => stream.drained(bytesMax),
      keep: (bytes) => call.#keep(bytes),
      get pendingBytes() {
        return stream.pendingBytes;
      },
    };
  }

  #reply(message: Message): void {
    if (this.#end !== undefined) return;
    // Counted now, because the pieces may be freed when they are sent.
    this.#replyBytes = this.#entry.metrics.countSent(message);
    this.#stream.reply(message);
    this.#finish(okStatus);
  }

  #fail(error: unknown): void {
    if (this.#end !== undefined) return;
    this.#endWith(this.#server.statusOf(error, { isStream: this.#entry.method.kind !== 'unary' }));
  }

  #endWith(status: Status): void {
    if (this.#end !== undefined) return;
    this.#stream.end(status);
    this.#finish(status);
  }

  #finish(status: Status): void {
    if (this.#end !== undefined) return;
    this.#end = status;
    if (this.#deadlineTick !== noDeadline) this.#server.deadlines.remove(this, this.#deadlineTick);
    const tookMs = performance.now() - this.#startMs;
    this.#entry.metrics.end(status.code, tookMs);
    if (tookMs > this.#server.slowCalls.thresholdMs && !this.isOpenEnded) this.#reportSlowness(tookMs, status);
    this.#server.forget(this);
    this.trace?.end(status);
    if (status === okStatus) return;
    this.#abort?.abort(abortReason(status));
    this.#incoming?.end(abortReason(status));
  }

  #reportSlowness(tookMs: number, { code }: Status): void {
    this.#server.slowCalls.report({
      path: this.#entry.method.path,
      peer: this.peer,
      tookMs,
      code,
      requestBytes: this.#requestBytes,
      replyBytes: this.#replyBytes,
      about: this.#describe?.() ?? '',
    });
  }

  #compression() {
    return { encoding: this.#encoding, messageBytesMax: this.#server.messageBytesMax };
  }
}

/**
 * One error for each status without details: a connection may end with a hundred thousand calls.
 */
const abortReasons = new WeakMap<Status, Error>();

/** The reason with which a handler's signal is aborted. The handler should reject with it. */
function abortReason(status: Status): Error {
  let reason = abortReasons.get(status);
  if (reason === undefined) {
    reason = new DOMException(status.message, 'AbortError');
    abortReasons.set(status, reason);
  }
  return reason;
}
