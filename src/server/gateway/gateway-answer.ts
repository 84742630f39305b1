import { StatusCode } from '../../errors.ts';
import { freeSingleUse } from '../../memory.ts';
import { serverLimits } from '../server-limits.ts';
import type { Turns } from '../transport/budget/turns.ts';
import type { Message } from '../transport/grpc/method.ts';
import type { Status } from '../transport/grpc/status.ts';
import { type HeaderField, headerValue } from '../transport/http/header-field.ts';
import type { WebExchange } from '../transport/web/web-exchange.ts';
import { httpStatusOf } from './http-status.ts';
import type { MessageSchema } from './json/message-schema.ts';
import { MessageWriter } from './json/write-message.ts';

export interface GatewayAnswerOptions {
  readonly schema: MessageSchema;
  /** Messages come one a line, each as `{"result":...}`. */
  readonly isStream: boolean;
  /** Writing takes turns with what else connections lead to. */
  readonly turns: Turns;
  /** All is on its way, or the client is gone. */
  readonly onEnd: () => void;
  /** A bug met the answer, which ends. */
  readonly onFault: (error: unknown) => void;
}

interface End {
  readonly status: Status;
  /** The method, or the gRPC server, has said it; otherwise the gateway itself. */
  readonly isGrpc: boolean;
}

const json: HeaderField = ['content-type', 'application/json'];
/** The one header of gRPC's that an answer has, as grpc-gateway passes it on. */
const grpcContentType: HeaderField = ['grpc-metadata-content-type', 'application/grpc'];
const grpcTrailerName = 'grpc-trailer-content-type';

/** What a call's client gets: messages as JSON, written as it takes them and in slices, and an end. */
export class GatewayAnswer {
  readonly #exchange: WebExchange;
  readonly #options: GatewayAnswerOptions;
  readonly #acceptsTrailers: boolean;
  readonly #queue: Message[] = [];
  #queuedBytes = 0;
  #end: End | undefined;
  #hasHead = false;
  #isOver = false;
  #isRunning = false;
  #run: Promise<void> = Promise.resolve();

  constructor(exchange: WebExchange, options: GatewayAnswerOptions) {
    this.#exchange = exchange;
    this.#options = options;
    this.#acceptsTrailers = /trailers/i.test(headerValue(exchange.fields, 'te') ?? '');
  }

  /** Bytes of messages that are not yet written, and of JSON that is not yet taken. */
  get pendingBytes(): number {
    return this.#queuedBytes + this.#exchange.pendingBytes;
  }

  add(messages: readonly Message[]): void {
    if (this.#isOver || this.#end !== undefined) return;
    for (const message of messages) {
      this.#queue.push(message);
      this.#queuedBytes += byteLength(message);
    }
    this.#start();
  }

  /** After all that was added. The first end counts. */
  end(status: Status, { isGrpc = false } = {}): void {
    if (this.#isOver) return;
    this.#end ??= { status, isGrpc };
    this.#start();
  }

  /** Nothing more is written: the client is gone. */
  drop(): void {
    this.#isOver = true;
    this.#queue.length = 0;
    this.#queuedBytes = 0;
  }

  async drained(): Promise<void> {
    await this.#run;
    await this.#exchange.drained();
  }

  #start(): void {
    if (!this.#isRunning) this.#run = this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    this.#isRunning = true;
    try {
      for (let message = this.#queue.shift(); message !== undefined; message = this.#queue.shift()) {
        await this.#write(message);
        this.#queuedBytes -= byteLength(message);
      }
      if (this.#end !== undefined && !this.#isOver) this.#finish(this.#end);
    } catch (error) {
      this.#options.onFault(error);
      this.#finish({ status: { code: StatusCode.internal, message: 'etcdserver: internal error' }, isGrpc: true });
    } finally {
      this.#isRunning = false;
    }
  }

  async #write(message: Message): Promise<void> {
    const { schema, isStream, turns } = this.#options;
    const writer = new MessageWriter(joined(message), schema);
    let before = isStream ? '{"result":' : '';
    while (!writer.isDone && !this.#isOver) {
      const part = before + (await turns.run(() => writer.next(serverLimits.gatewayTurnLength)));
      if (this.#isOver) return;
      before = '';
      const bytes = Buffer.from(writer.isDone && isStream ? `${part}}\n` : part);
      this.#head(writer.isDone ? bytes.length : undefined);
      this.#exchange.write(bytes);
      if (this.#exchange.pendingBytes > bytes.length) await this.#exchange.drained();
    }
  }

  /** `wholeBytes`: of an answer that is written in one go. */
  #head(wholeBytes: number | undefined): void {
    if (this.#hasHead) return;
    this.#hasHead = true;
    const isWhole = wholeBytes !== undefined && !this.#options.isStream && !this.#acceptsTrailers;
    const length: readonly HeaderField[] = isWhole ? [['content-length', String(wholeBytes)]] : [];
    this.#exchange.head(200, [json, grpcContentType, ...length]);
  }

  #finish({ status, isGrpc }: End): void {
    this.#isOver = true;
    if (status.code === StatusCode.ok) this.#finishWell();
    else this.#finishBadly(status, isGrpc);
    this.#exchange.whenSent().then(this.#options.onEnd, this.#options.onFault);
  }

  #finishWell(): void {
    if (!this.#hasHead) this.#exchange.head(200, []);
    this.#exchange.end();
  }

  #finishBadly(status: Status, isGrpc: boolean): void {
    const { isStream } = this.#options;
    const isLine = isStream && (isGrpc || this.#hasHead);
    const error = { code: status.code, message: status.message };
    const body = Buffer.from(isLine ? `${JSON.stringify({ error })}\n` : JSON.stringify(error));
    const hasTrailers = isGrpc && !isStream && this.#acceptsTrailers && !this.#hasHead;
    if (!this.#hasHead) {
      const trailer: readonly HeaderField[] = hasTrailers ? [['trailer', grpcTrailerName]] : [];
      const length: readonly HeaderField[] = hasTrailers ? [] : [['content-length', String(body.length)]];
      const challenge = isLine ? [] : challengeOf(status);
      this.#exchange.head(httpStatusOf(status.code), [json, ...challenge, ...trailer, ...length]);
    }
    this.#exchange.write(body);
    this.#exchange.end(hasTrailers ? [[grpcTrailerName, 'application/grpc']] : []);
  }
}

/** What HTTP wants to be said to those who are to say who they are. */
function challengeOf({ code, message }: Status): readonly HeaderField[] {
  return code === StatusCode.unauthenticated && /^[ -~]+$/.test(message) ? [['www-authenticate', message]] : [];
}

function byteLength(message: Message): number {
  if (message instanceof Uint8Array) return message.length;
  return message.reduce((sum, { length }) => sum + length, 0);
}

/** A message in one piece. Its pieces are of no more use. */
function joined(message: Message): Uint8Array {
  if (message instanceof Uint8Array) return message;
  const bytes = Buffer.concat(message);
  for (const piece of message) freeSingleUse(piece);
  return bytes;
}
