import { freeSingleUse, notFreed, outsidePool } from '../../../kit/memory.ts';
import type { Origin } from '../../../kit/origin.ts';
import type { HeldAccount } from '../budget/held-bytes.ts';
import type { HeaderField } from '../http/header-field.ts';
import type { StreamListener } from '../http/stream-listener.ts';
import { transportLimits } from '../transport-limits.ts';
import { unknownLength } from './check-request-fields.ts';
import type { Http2Sender, SendingStream, WholeAnswer } from './http2-sender.ts';
import type { Output } from './output.ts';
import type { ReceivingStream } from './receive-windows.ts';

/** The part of a connection that its streams need. */
export interface StreamConnection extends Origin {
  readonly peer: string;
  readonly local: string;
  readonly commonName: string | undefined;
  /** The connection uses TLS. */
  readonly isSecure: boolean;
  readonly sender: Http2Sender<Http2Stream>;
  /** The memory account of the connection's unfinished requests. */
  readonly account: HeldAccount;
  /** Adds bytes of a reply that wait for the client. A negative number removes them. */
  countUnread(bytes: number): void;
  /** Counts bytes that no request needs, or that were decompressed without use. */
  countUseless(bytes: number): void;
  /** Lets the client send more. */
  refillWindow(stream: Http2Stream): void;
  /** The answer is complete, so the request is not needed any more. */
  releaseRequest(stream: Http2Stream): void;
}

/** The state of a new stream. */
export interface StreamOpening {
  readonly fields: readonly HeaderField[];
  /** Size of the fields, as HPACK counts them. */
  readonly listBytes: number;
  /** Bytes that the client may send. */
  readonly receiveWindow: number;
}

/** Waits until at most `bytesMax` of the stream wait to be sent. */
interface DrainedWaiter {
  readonly bytesMax: number;
  readonly resolve: () => void;
}

/** The state of a stream, and the part of its answer that waits to be sent. */
export class Http2Stream implements SendingStream, ReceivingStream {
  readonly id: number;
  readonly fields: readonly HeaderField[];
  listener: StreamListener | undefined;
  /** Bytes that may be sent to the client, and bytes that the client may send. */
  sendWindow: number;
  receiveWindow: number;
  /** Memory that is reserved for a large message. */
  reservedBytes = 0;
  /** Missing bytes of the announced content-length; `unknownLength` if there was none. */
  missingBytes = unknownLength;
  isPaused = false;
  /** The client has sent its last byte. */
  isRemoteClosed = false;
  /** The last byte of the answer is on its way, or the stream is reset. */
  isClosed = false;
  readonly #connection: StreamConnection;
  /**
   * The answer is complete before it is sent. A call that streams its answers waits by itself, and
   * must not delay other calls of its client.
   */
  #isReply = false;
  /** Parts of the body that wait for a window. The first may be sent in part. */
  #queue: Uint8Array[] = [];
  #queueIndex = 0;
  #offset = 0;
  #queueBytes = 0;
  /** The trailers, sent after everything else. */
  #end: readonly HeaderField[] | undefined;
  #onDrained: DrainedWaiter[] = [];
  /** Memory of the stream itself, and of the waiting bytes of its request. */
  readonly #ownBytes: number;
  #heldBytes = 0;

  constructor(connection: StreamConnection, id: number, { fields, listBytes, receiveWindow }: StreamOpening) {
    this.#connection = connection;
    this.id = id;
    this.fields = fields;
    this.sendWindow = connection.sender.initialStreamWindow;
    this.receiveWindow = receiveWindow;
    this.#ownBytes = transportLimits.streamBytes + listBytes;
    connection.account.add(this.#ownBytes);
  }

  get peer(): string {
    return this.#connection.peer;
  }

  get local(): string {
    return this.#connection.local;
  }

  get origin(): Origin {
    return this.#connection;
  }

  get commonName(): string | undefined {
    return this.#connection.commonName;
  }

  get isSecure(): boolean {
    return this.#connection.isSecure;
  }

  get pendingBytes(): number {
    return this.#queueBytes;
  }

  get isReady(): boolean {
    if (this.isClosed) return false;
    return this.#queueBytes > 0 ? this.sendWindow > 0 : this.#end !== undefined;
  }

  /** Sends a complete answer. */
  answer(answer: WholeAnswer): void {
    if (this.isClosed || this.#connection.sender.whole(this, answer)) return;
    this.#isReply = true;
    this.respond(answer.head);
    this.write(answer.parts);
    this.finish(answer.trailers);
  }

  /** Sends the headers of the answer, `:status` first. */
  respond(fields: readonly HeaderField[]): void {
    if (!this.isClosed) this.#connection.sender.head(this, fields);
  }

  /** Sends an answer that has only headers. */
  respondAndEnd(fields: readonly HeaderField[]): void {
    if (!this.isClosed) this.#connection.sender.lastFields(this, fields);
  }

  /** Sends parts of the body, together where the windows allow it. */
  write(parts: readonly Uint8Array[]): void {
    if (this.isClosed) return;
    const { sender } = this.#connection;
    if (sender.atOnce(this, parts)) return;
    let bytes = 0;
    for (const part of parts) {
      if (notFreed(part).length === 0) continue;
      bytes += part.length;
      this.#queue.push(outsidePool(part));
    }
    this.#changeQueue(bytes);
    sender.pump(this);
  }

  /** Ends the answer. Without trailers the last frame is a DATA frame. */
  finish(trailers: readonly HeaderField[]): void {
    if (this.isClosed) return;
    this.#connection.releaseRequest(this);
    this.#end = trailers;
    this.#connection.sender.pump(this);
  }

  /** Resolves when at most this many bytes wait, or the stream has ended. */
  async drained(bytesMax: number = transportLimits.outgoingBytesMark): Promise<void> {
    if (this.isClosed || this.#queueBytes <= bytesMax) return;
    await new Promise<void>((resolve) => this.#onDrained.push({ bytesMax, resolve }));
  }

  /**
   * Sets the bytes of the request that wait until their message is complete or its handler is
   * ready.
   */
  hold(bytes: number): void {
    if (this.isClosed) return;
    const change = bytes - this.#heldBytes;
    this.#heldBytes = bytes;
    this.#connection.account.add(change);
  }

  /** Counts bytes that the server processed without use. */
  countUseless(bytes: number): void {
    if (!this.isClosed) this.#connection.countUseless(bytes);
  }

  /** Makes the client wait. `resume` lets it continue. */
  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    this.#connection.refillWindow(this);
  }

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
    this.#wakeDrained();
  }

  takeTrailers(): readonly HeaderField[] | undefined {
    const end = this.#end;
    if (this.#queueBytes > 0 || end === undefined) return undefined;
    this.#end = undefined;
    return end;
  }

  /** Nothing more is sent, and all memory is released. */
  drop(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#connection.account.add(-this.#ownBytes - this.#heldBytes);
    this.#queue = [];
    this.#queueIndex = 0;
    this.#changeQueue(-this.#queueBytes);
    this.#end = undefined;
    this.#wakeDrained();
  }

  #changeQueue(bytes: number): void {
    this.#queueBytes += bytes;
    if (this.#isReply) this.#connection.countUnread(bytes);
  }

  /** Releases sent bytes at once: a large list has hundreds of pieces. */
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
    for (const waiter of waiting) {
      if (this.isClosed || this.#queueBytes <= waiter.bytesMax) waiter.resolve();
      else this.#onDrained.push(waiter);
    }
  }
}

const noBytes = new Uint8Array(0);
