import { StatusCode } from '../../errors.ts';
import { freeSingleUse, notFreed } from '../../kit/memory.ts';
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
  /** Writes one message per line, as `{"result":...}`. */
  readonly isStream: boolean;
  /** Writing takes turns with other work of connections. */
  readonly turns: Turns;
  /** The answer is on its way, or the client has closed the connection. */
  readonly onEnd: () => void;
  /** A bug occurred. The answer ends. */
  readonly onFault: (error: unknown) => void;
}

interface End {
  readonly status: Status;
  /** The status comes from the method or the gRPC server, not from the gateway itself. */
  readonly isGrpc: boolean;
}

const json: HeaderField = ['content-type', 'application/json'];
/** The only gRPC header of an answer that grpc-gateway passes on. */
const grpcContentType: HeaderField = ['grpc-metadata-content-type', 'application/grpc'];
const grpcTrailerName = 'grpc-trailer-content-type';

/**
 * The answer to the client of a call: messages as JSON, written in slices as the client reads them,
 * and an end.
 */
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

  /**
   * Bytes of messages that are not written yet, and of JSON that the connection has not taken yet.
   */
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

  /** Ends the answer after all added messages. Only the first end counts. */
  end(status: Status, { isGrpc = false } = {}): void {
    if (this.#isOver) return;
    this.#end ??= { status, isGrpc };
    this.#start();
  }

  /** Stops writing: the client has closed the connection. */
  drop(): void {
    this.#isOver = true;
    for (const message of this.#queue.splice(0)) this.#queuedBytes -= byteLength(message);
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
        // `#write` frees the message, which is empty then.
        const bytes = byteLength(message);
        await this.#write(message);
        this.#queuedBytes -= bytes;
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

  /** `wholeBytes`: the length of an answer that is written at once. */
  #head(wholeBytes: number | undefined): void {
    if (this.#hasHead) return;
    this.#hasHead = true;
    const isWhole = wholeBytes !== undefined && !this.#options.isStream && !this.#acceptsTrailers;
    const length: readonly HeaderField[] = isWhole ? [['content-length', String(wholeBytes)]] : [];
    this.#exchange.head(200, [json, grpcContentType, ...length]);
  }

  #finish({ status, isGrpc }: End): void {
    this.#isOver = true;
    if (status.code === StatusCode.ok) this.#finishOk();
    else this.#finishWithError(status, isGrpc);
    this.#exchange.whenSent().then(this.#options.onEnd, this.#options.onFault);
  }

  #finishOk(): void {
    if (!this.#hasHead) this.#exchange.head(200, []);
    this.#exchange.end();
  }

  #finishWithError(status: Status, isGrpc: boolean): void {
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

/** The header with which HTTP requests credentials. */
function challengeOf({ code, message }: Status): readonly HeaderField[] {
  return code === StatusCode.unauthenticated && /^[ -~]+$/.test(message) ? [['www-authenticate', message]] : [];
}

function byteLength(message: Message): number {
  if (message instanceof Uint8Array) return message.length;
  return message.reduce((sum, { length }) => sum + length, 0);
}

/** A message in one piece. Frees its pieces. */
function joined(message: Message): Uint8Array {
  if (message instanceof Uint8Array) return message;
  const bytes = Buffer.concat(message.map(notFreed));
  for (const piece of message) freeSingleUse(piece);
  return bytes;
}
