import { StatusCode } from '../../errors.ts';
import type { HeaderField, HttpStream, HttpStreamListener, RefusalOptions } from '../grpc/http-stream.ts';
import { prefixBytes } from '../grpc/message-reader.ts';
import { percentEncode } from '../grpc/percent-encode.ts';
import { serverLimits } from '../server-limits.ts';
import type { Status } from '../status.ts';
import type { Message } from '../transport.ts';
import { unknownLength } from './check-request-fields.ts';
import type { Http2Connection } from './http2-connection.ts';

/** A stream's own state; what concerns its connection too is done there. */
export class Http2Stream implements HttpStream {
  readonly id: number;
  readonly fields: readonly HeaderField[];
  listener: HttpStreamListener | undefined;
  /** Bytes that may be sent to the client, and that it may send. */
  sendWindow: number;
  receiveWindow: number;
  /** Bytes received since the client's window was last refilled. */
  unacknowledgedBytes = 0;
  /** Of the content-length; `unknownLength` when there is none. */
  missingBytes = unknownLength;
  isPaused = false;
  /** The client has sent its last byte. */
  isRemoteClosed = false;
  /** Our last byte is on its way, or the stream is reset. */
  isClosed = false;
  readonly #connection: Http2Connection;
  #hasHead = false;
  /** Messages, with their prefixes, that wait for a window. The first may be sent in part. */
  #queue: Uint8Array[] = [];
  #queueIndex = 0;
  #offset = 0;
  #queueBytes = 0;
  /** Follows when all is sent. */
  #end: Status | undefined;
  #onDrained: (() => void)[] = [];

  constructor(
    connection: Http2Connection,
    id: number,
    fields: readonly HeaderField[],
    { sendWindow, receiveWindow }: { readonly sendWindow: number; readonly receiveWindow: number },
  ) {
    this.#connection = connection;
    this.id = id;
    this.fields = fields;
    this.sendWindow = sendWindow;
    this.receiveWindow = receiveWindow;
  }

  get peer(): string {
    return this.#connection.peer;
  }

  get pendingBytes(): number {
    return this.#queueBytes;
  }

  /** Bytes that could be sent now if the windows allowed. */
  get isWaiting(): boolean {
    return this.#queueBytes > 0 || (this.#end !== undefined && !this.isClosed);
  }

  reply(message: Message): void {
    if (this.isClosed) return;
    if (!this.#hasHead && this.#connection.sendWhole(this, message)) return;
    this.send([message]);
    this.end({ code: StatusCode.ok, message: '' });
  }

  send(messages: readonly Message[]): void {
    if (this.isClosed) return;
    this.#sendHead();
    if (this.#connection.sendAtOnce(this, messages)) return;
    for (const message of messages) this.#enqueue(message);
    this.#connection.pump(this);
  }

  end(status: Status, options?: RefusalOptions): void {
    if (this.isClosed) return;
    if (this.#hasHead) {
      this.#end = status;
      this.#connection.pump(this);
      return;
    }
    const head: HeaderField[] = [
      [':status', String(options?.httpStatus ?? 200)],
      ['content-type', 'application/grpc'],
      ...statusFields(status),
      ...Object.entries(options?.headers ?? {}),
    ];
    this.#connection.sendHeaders(this, this.#connection.encoder.fields(head), { endStream: true });
    this.#connection.closed(this);
  }

  async drained(): Promise<void> {
    if (this.isClosed || this.#queueBytes <= serverLimits.outgoingBytesMark) return;
    await new Promise<void>((resolve) => this.#onDrained.push(resolve));
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    this.#connection.refillWindow(this);
  }

  /** Gives up to `bytes` of what waits to `take`, piece by piece. */
  takeBytes(bytes: number, take: (piece: Uint8Array, start: number, end: number) => void): void {
    let rest = bytes;
    while (rest > 0) {
      const piece = this.#queue[this.#queueIndex] as Uint8Array;
      const end = Math.min(piece.length, this.#offset + rest);
      take(piece, this.#offset, end);
      rest -= end - this.#offset;
      this.#offset = end;
      if (end === piece.length) this.#dropFirst();
    }
    this.#queueBytes -= bytes;
    if (this.#queueBytes <= serverLimits.outgoingBytesMark) this.#wakeDrained();
  }

  /** The trailers, when everything before them is sent. */
  takeTrailers(): Buffer | undefined {
    if (this.#queueBytes > 0 || this.#end === undefined) return undefined;
    // Encoded no sooner than they are sent: the blocks of a connection build on each other, in their order.
    const { encoder } = this.#connection;
    return this.#end.code === StatusCode.ok ? encoder.okTrailers() : encoder.fields(statusFields(this.#end));
  }

  /** Nothing more is sent. */
  drop(): void {
    this.isClosed = true;
    this.#queue = [];
    this.#queueIndex = 0;
    this.#queueBytes = 0;
    this.#end = undefined;
    this.#wakeDrained();
  }

  #sendHead(): void {
    if (this.#hasHead) return;
    this.#hasHead = true;
    this.#connection.sendHeaders(this, this.#connection.encoder.answerHead(), { endStream: false });
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
    this.#queueBytes += prefixBytes + length;
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
