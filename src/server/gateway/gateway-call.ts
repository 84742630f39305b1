import { etcdError, StatusCode } from '../../errors.ts';
import type { Origin } from '../../kit/origin.ts';
import { serverLimits } from '../server-limits.ts';
import type { HeldAccount, HeldBytes } from '../transport/budget/held-bytes.ts';
import type { UnfinishedRequest } from '../transport/budget/request-timeouts.ts';
import type { Turn, Turns } from '../transport/budget/turns.ts';
import type { CallStream } from '../transport/grpc/call-stream.ts';
import type { GrpcServer } from '../transport/grpc/grpc-server.ts';
import { prefixBytes } from '../transport/grpc/message-reader.ts';
import type { Message } from '../transport/grpc/method.ts';
import { okStatus, type Status } from '../transport/grpc/status.ts';
import type { HeaderField } from '../transport/http/header-field.ts';
import type { StreamListener } from '../transport/http/stream-listener.ts';
import { transportLimits } from '../transport/transport-limits.ts';
import type { WebExchange } from '../transport/web/web-exchange.ts';
import { GatewayAnswer } from './gateway-answer.ts';
import { JsonError } from './json/json-error.ts';
import { JsonValues } from './json/json-values.ts';
import type { MethodSchema } from './json/message-schema.ts';
import { readMessage } from './json/read-message.ts';
import type { LargeValues } from './large-values.ts';

export interface GatewayCallOptions {
  readonly grpc: GrpcServer;
  readonly exchange: WebExchange;
  readonly largeValues: LargeValues;
  readonly method: MethodSchema;
  /** Headers of the gRPC call. */
  readonly fields: readonly HeaderField[];
  readonly held: HeldBytes;
  readonly turns: Turns;
  /** The answer is written, or the client has closed the connection. */
  readonly onEnded: () => void;
}

/**
 * A call over HTTP with JSON. For the gRPC server it is a stream like an HTTP/2 stream. So methods,
 * deadlines, limits, metrics and the stop of the server work as with HTTP/2.
 */
export class GatewayCall implements CallStream, StreamListener, UnfinishedRequest {
  readonly fields: readonly HeaderField[];
  /**
   * As in etcd, a certificate names no user here, because the gateway is between the client and the
   * methods.
   */
  readonly commonName = undefined;
  readonly #options: GatewayCallOptions;
  readonly #values: JsonValues;
  /** Received bytes that are not scanned yet, in order. */
  readonly #pieces: Buffer[] = [];
  #hasEnded = false;
  #isReading = false;
  /** The gRPC call accepts no more of the body at the moment. */
  #isPaused = false;
  #onResume: (() => void) | undefined;
  readonly #answer: GatewayAnswer;
  /** The gRPC call. Undefined before it begins, and if it ended at once. */
  #call: StreamListener | undefined;
  /** The only request of a call. */
  #request: Buffer | undefined;
  /** The rest of the body is ignored. */
  #isBodyDone = false;
  /** Memory of the request: incomplete JSON, and a message that waits for the method. */
  readonly #account: HeldAccount;
  #valueBytes = 0;
  #messageBytes = 0;
  /** The time at which the incomplete request, or value, began. */
  #arrivingSinceMs: number | undefined;
  /** The gateway itself has answered, so no method receives the rest. */
  #isRefused = false;
  #isOver = false;

  constructor(options: GatewayCallOptions) {
    this.#options = options;
    this.fields = options.fields;
    const valueBytesMax = serverLimits.gatewayValueFactor * options.grpc.messageBytesMax;
    this.#values = new JsonValues({ valueBytesMax });
    this.#answer = new GatewayAnswer(options.exchange, {
      schema: options.method.response,
      isStream: options.method.kind !== 'unary',
      turns: options.turns,
      onEnd: () => this.#finish(),
      onFault: (error) => options.grpc.reportFault(error),
    });
    this.#account = options.held.open({
      bytesMax: transportLimits.connectionHeldBytesMax,
      onExceeded: () => this.#fail(etcdError('tooManyRequests')),
    });
    if (options.method.kind === 'bidirectional') this.#start();
    else this.#arrivingSinceMs = performance.now();
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get peer(): string {
    return this.#options.exchange.peer;
  }

  get local(): string {
    return this.#options.exchange.local;
  }

  get origin(): Origin {
    return this.#options.exchange.origin;
  }

  // Methods that the exchange calls, for the data of the client.

  /** The length of JSON is unknown until its end. */
  readonly missingBytes = 0;
  readonly keepsRequest = false;

  onData(chunk: Buffer): void {
    if (this.#isBodyDone) return;
    const { gatewayPieceBytes: bytes } = serverLimits;
    for (let at = 0; at < chunk.length; at += bytes) this.#pieces.push(chunk.subarray(at, at + bytes));
    this.#readOn();
  }

  onEnd(): void {
    this.#hasEnded = true;
    this.#readOn();
  }

  onClose(): void {
    this.#answer.drop();
    this.#call?.onClose();
    this.#finish();
  }

  // Methods that the gRPC server calls, for the answer.

  reply(message: Message): void {
    this.#answer.add([message]);
    this.#answer.end(okStatus);
  }

  send(messages: readonly Message[]): void {
    this.#answer.add(messages);
  }

  end(status: Status): void {
    this.#answer.end(status, { isGrpc: true });
  }

  hold(bytes: number): void {
    this.#account.add(bytes - this.#messageBytes);
    this.#messageBytes = bytes;
  }

  /** JSON is never compressed. */
  countUseless(): void {}

  // Methods that the gRPC server calls for its checks.

  isArrivingSince(beforeMs: number): boolean {
    return !this.#isRefused && this.#arrivingSinceMs !== undefined && this.#arrivingSinceMs < beforeMs;
  }

  abortRequest(): void {
    this.#fail(etcdError('timeout'));
  }

  get pendingBytes(): number {
    return this.#answer.pendingBytes;
  }

  drained(): Promise<void> {
    return this.#answer.drained();
  }

  pause(): void {
    this.#isPaused = true;
    this.#options.exchange.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#onResume?.();
    if (!this.#isReading) this.#options.exchange.resume();
  }

  #start(): void {
    this.#call = this.#options.grpc.accept(this);
  }

  #readOn(): void {
    if (!this.#isReading) void this.#readAll();
  }

  /** Scans the received part of the body. The rest waits while a value is read. */
  async #readAll(): Promise<void> {
    this.#isReading = true;
    const { exchange } = this.#options;
    exchange.pause();
    try {
      while (this.#pieces.length > 0 && !this.#isBodyDone) {
        this.#values.push(this.#pieces.shift() as Buffer);
        await this.#read();
        if (!this.#isBodyDone) this.#holdValue(this.#values.heldBytes + this.#waitingBytes());
      }
      if (this.#hasEnded && !this.#isBodyDone && this.#values.isInValue)
        this.#onUnreadable(new JsonError('invalid JSON: the object has no end'));
    } finally {
      this.#isReading = false;
    }
    if (this.#hasEnded) this.#onBodyRead();
    else if (!this.#isPaused) exchange.resume();
  }

  #onBodyRead(): void {
    this.#arrivingSinceMs = undefined;
    if (this.#isRefused || this.#isOver) return;
    if (this.#options.method.kind !== 'bidirectional') {
      this.#start();
      this.#passOn(this.#request ?? Buffer.alloc(0));
    }
    this.#endRequests();
  }

  #waitingBytes(): number {
    return this.#pieces.reduce((bytes, piece) => bytes + piece.length, 0);
  }

  /** Reads the complete values. As in etcd, bytes after the only request of a call are ignored. */
  async #read(): Promise<void> {
    const { turns } = this.#options;
    try {
      for (;;) {
        const json = await turns.run((turn) => this.#takeSmall(turn));
        if (this.#isBodyDone || json === undefined) return;
        if (json !== 'more') {
          const message = await this.#large(json);
          if (message === undefined || this.#isBodyDone) return;
          this.#take(message);
        }
        if (this.#isPaused) await this.#resumed();
        if (this.#isBodyDone) return;
      }
    } catch (error) {
      this.#onUnreadable(error);
    }
  }

  /**
   * Reads values until the turn is over, or the call accepts no more: 'more'. A large value is
   * returned, to be read in the thread. Undefined: no complete value is left.
   */
  #takeSmall(turn: Turn): Buffer | 'more' | undefined {
    while (!this.#isBodyDone) {
      const json = this.#values.next();
      if (json === undefined || json.length >= serverLimits.largeValueBytesMin) return json;
      turn.charge(transportLimits.callTurnMs);
      this.#take(readMessage(json, this.#options.method.request));
      if (this.#isPaused || turn.isOver) return 'more';
    }
    return undefined;
  }

  #take(message: Buffer): void {
    if (this.#options.method.kind === 'bidirectional') {
      this.#passOn(message);
      return;
    }
    this.#request = message;
    this.#isBodyDone = true;
    this.#holdValue(message.length);
  }

  #resumed(): Promise<void> {
    return new Promise((resolve) => {
      this.#onResume = resolve;
    });
  }

  #large(json: Buffer): Promise<Buffer | undefined> {
    const { largeValues, method } = this.#options;
    this.#holdValue(json.length);
    return largeValues.read(json, method.request, () => !this.#isOver);
  }

  #passOn(message: Buffer): void {
    const framed = Buffer.allocUnsafe(prefixBytes + message.length);
    framed[0] = 0;
    framed.writeUInt32BE(message.length, 1);
    framed.set(message, prefixBytes);
    this.#call?.onData(framed);
  }

  /**
   * As in etcd, a stream continues after an unreadable request, but receives no further requests.
   */
  #onUnreadable(error: unknown): void {
    this.#isBodyDone = true;
    const isJson = error instanceof JsonError;
    const { grpc, method } = this.#options;
    const isStream = method.kind === 'bidirectional';
    if (isJson && isStream) this.#endRequests();
    else if (isJson) this.#refuse({ code: StatusCode.invalidArgument, message: error.message });
    else this.#refuse(grpc.statusOf(error, { isStream }));
  }

  #refuse(status: Status): void {
    this.#isBodyDone = true;
    this.#isRefused = true;
    this.#answer.end(status);
    this.#call?.onClose();
  }

  #endRequests(): void {
    this.#isBodyDone = true;
    this.#holdValue(0);
    this.#call?.onEnd();
  }

  #holdValue(bytes: number): void {
    this.#account.add(bytes - this.#valueBytes);
    this.#valueBytes = bytes;
    if (this.#options.method.kind !== 'bidirectional') return;
    if (bytes === 0) this.#arrivingSinceMs = undefined;
    else this.#arrivingSinceMs ??= performance.now();
  }

  #fail(error: Error): void {
    if (this.#isOver) return;
    this.#options.exchange.endConnection();
    this.#refuse(this.#options.grpc.statusOf(error, { isStream: false }));
    this.#dropInput();
  }

  /** The input is no longer needed, even if the answer takes long. */
  #dropInput(): void {
    this.#account.close();
    this.#pieces.length = 0;
    this.#values.drop();
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#isBodyDone = true;
    this.#dropInput();
    this.#onResume?.();
    this.#options.onEnded();
  }
}
