import { StatusCode } from '../../../errors.ts';
import { freeSingleUse } from '../../../memory.ts';
import type { Origin } from '../../../store/requester.ts';
import type { Status } from '../../replies/status.ts';
import { serverLimits } from '../../server-limits.ts';
import type { HeldAccount } from '../budget/held-bytes.ts';
import type { HeaderField, HttpStream, HttpStreamListener, RefusalOptions } from '../grpc/call-stream.ts';
import { prefixBytes } from '../grpc/message-reader.ts';
import type { Message } from '../grpc/method.ts';
import { percentEncode } from '../grpc/percent-encode.ts';
import type { Http2WebStream } from '../web/http2-exchange.ts';
import { unknownLength } from './check-request-fields.ts';
import type { Http2Sender } from './http2-sender.ts';
import type { Output } from './output.ts';

/** What a stream asks of its connection. */
export interface StreamHome extends Origin {
  readonly peer: string;
  readonly commonName: string | undefined;
  /** The connection is encrypted. */
  readonly isSecure: boolean;
  readonly sender: Http2Sender;
  /** What its unfinished requests hold. */
  readonly account: HeldAccount;
  /** Bytes of a reply wait for the client, or no longer, when negative. */
  countUnread(bytes: number): void;
  /** The client sent bytes, or made the server unpack them, that are of no use. */
  countUseless(bytes: number): void;
  /** Lets the client send on. */
  refillWindow(stream: Http2Stream): void;
}

/** What a stream begins with. */
export interface StreamOpening {
  readonly fields: readonly HeaderField[];
  /** Of the fields, as HPACK counts them. */
  readonly listBytes: number;
  /** What the client may send. */
  readonly receiveWindow: number;
}

/** A stream's own state, and what waits to be sent of it. */
export class Http2Stream implements HttpStream, Http2WebStream {
  readonly id: number;
  readonly fields: readonly HeaderField[];
  listener: HttpStreamListener | undefined;
  /** Bytes that may be sent to the client, and that it may send. */
  sendWindow: number;
  receiveWindow: number;
  /** Memory of the connection that a large message has for itself. */
  reservedBytes = 0;
  /** Of the content-length; `unknownLength` when there is none. */
  missingBytes = unknownLength;
  isPaused = false;
  /** The client has sent its last byte. */
  isRemoteClosed = false;
  /** Our last byte is on its way, or the stream is reset. */
  isClosed = false;
  readonly #home: StreamHome;
  #hasHead = false;
  /** The answer is one message. Who streams answers waits by itself, and must not make its client's other calls wait. */
  #isReply = false;
  /** Messages, with their prefixes, or parts of another body, that wait for a window. The first may be sent in part. */
  #queue: Uint8Array[] = [];
  #queueIndex = 0;
  #offset = 0;
  #queueBytes = 0;
  /** Follows when all is sent: the trailers of a good answer, others, or none. */
  #end: readonly HeaderField[] | 'ok' | undefined;
  #onDrained: (() => void)[] = [];
  /** Bytes that the stream itself takes, and those of its request that wait. */
  readonly #ownBytes: number;
  #heldBytes = 0;

  constructor(home: StreamHome, id: number, { fields, listBytes, receiveWindow }: StreamOpening) {
    this.#home = home;
    this.id = id;
    this.fields = fields;
    this.sendWindow = home.sender.initialStreamWindow;
    this.receiveWindow = receiveWindow;
    this.#ownBytes = serverLimits.streamBytes + listBytes;
    home.account.add(this.#ownBytes);
  }

  get peer(): string {
    return this.#home.peer;
  }

  get origin(): Origin {
    return this.#home;
  }

  get commonName(): string | undefined {
    return this.#home.commonName;
  }

  get isSecure(): boolean {
    return this.#home.isSecure;
  }

  get pendingBytes(): number {
    return this.#queueBytes;
  }

  /** Whether there is something to send that the stream's own window takes. */
  get isReady(): boolean {
    if (this.isClosed) return false;
    return this.#queueBytes > 0 ? this.sendWindow > 0 : this.#end !== undefined;
  }

  reply(message: Message): void {
    if (this.isClosed) return;
    if (!this.#hasHead && this.#home.sender.whole(this, message)) return;
    this.#isReply = true;
    this.send([message]);
    this.end({ code: StatusCode.ok, message: '' });
  }

  send(messages: readonly Message[]): void {
    if (this.isClosed) return;
    const { sender } = this.#home;
    if (!this.#hasHead) {
      this.#hasHead = true;
      sender.head(this);
    }
    if (sender.atOnce(this, messages)) return;
    for (const message of messages) this.#enqueue(message);
    sender.pump(this);
  }

  end(status: Status, options?: RefusalOptions): void {
    if (this.isClosed) return;
    if (this.#hasHead) {
      this.#end = status.code === StatusCode.ok ? 'ok' : statusFields(status);
      this.#home.sender.pump(this);
      return;
    }
    this.#home.sender.lastFields(this, [
      [':status', String(options?.httpStatus ?? 200)],
      ['content-type', 'application/grpc'],
      ...statusFields(status),
      ...Object.entries(options?.headers ?? {}),
    ]);
  }

  respond(fields: readonly HeaderField[]): void {
    if (this.isClosed) return;
    this.#hasHead = true;
    this.#home.sender.fields(this, fields);
  }

  sendBytes(bytes: Uint8Array): void {
    if (this.isClosed) return;
    this.#queue.push(bytes);
    this.#changeQueue(bytes.length);
    this.#home.sender.pump(this);
  }

  finish(trailers: readonly HeaderField[]): void {
    if (this.isClosed) return;
    this.#end = trailers;
    this.#home.sender.pump(this);
  }

  async drained(): Promise<void> {
    if (this.isClosed || this.#queueBytes <= serverLimits.outgoingBytesMark) return;
    await new Promise<void>((resolve) => this.#onDrained.push(resolve));
  }

  hold(bytes: number): void {
    if (this.isClosed) return;
    const change = bytes - this.#heldBytes;
    this.#heldBytes = bytes;
    this.#home.account.add(change);
  }

  countUseless(bytes: number): void {
    if (!this.isClosed) this.#home.countUseless(bytes);
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    this.#home.refillWindow(this);
  }

  /** Writes the next `bytes` of what waits. */
  takeBytes(bytes: number, output: Output): void {
    let rest = bytes;
    while (rest > 0) {
      const piece = this.#queue[this.#queueIndex] ?? noBytes;
      const end = Math.min(piece.length, this.#offset + rest);
      output.range(piece, this.#offset, end);
      rest -= end - this.#offset;
      this.#offset = end;
      if (end === piece.length) {
        freeSingleUse(piece);
        this.#dropFirst();
      }
    }
    this.#changeQueue(-bytes);
    if (this.#queueBytes <= serverLimits.outgoingBytesMark) this.#wakeDrained();
  }

  /** What ends the stream, when everything before it is sent. None is an end without trailers. */
  takeTrailers(): readonly HeaderField[] | 'ok' | undefined {
    const end = this.#end;
    if (this.#queueBytes > 0 || end === undefined) return undefined;
    this.#end = undefined;
    return end;
  }

  /** Nothing more is sent, and nothing is held. */
  drop(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#home.account.add(-this.#ownBytes - this.#heldBytes);
    this.#queue = [];
    this.#queueIndex = 0;
    this.#changeQueue(-this.#queueBytes);
    this.#end = undefined;
    this.#wakeDrained();
  }

  #enqueue(message: Message): void {
    const pieces = message instanceof Uint8Array ? [message] : message;
    let length = 0;
    for (const piece of pieces) length += piece.length;
    const prefix = Buffer.allocUnsafe(prefixBytes);
    prefix[0] = 0;
    prefix.writeUInt32BE(length, 1);
    this.#queue.push(prefix);
    for (const piece of pieces) {
      if (piece.length > 0) this.#queue.push(piece);
    }
    this.#changeQueue(prefixBytes + length);
  }

  #changeQueue(bytes: number): void {
    this.#queueBytes += bytes;
    if (this.#isReply) this.#home.countUnread(bytes);
  }

  /** What is sent is let go at once: a large list is hundreds of pieces. */
  #dropFirst(): void {
    this.#queue[this.#queueIndex] = noBytes;
    this.#queueIndex += 1;
    this.#offset = 0;
    if (this.#queueIndex < this.#queue.length) return;
    this.#queue = [];
    this.#queueIndex = 0;
  }

  #wakeDrained(): void {
    const waiting = this.#onDrained;
    if (waiting.length === 0) return;
    this.#onDrained = [];
    for (const resolve of waiting) resolve();
  }
}

const noBytes = new Uint8Array(0);

function statusFields({ code, message }: Status): readonly HeaderField[] {
  const status: HeaderField = ['grpc-status', String(code)];
  return message === '' ? [status] : [status, ['grpc-message', percentEncode(message)]];
}
