import { freeSingleUse } from '../../../memory.ts';
import type { HeldAccount } from '../budget/held-bytes.ts';
import type { Origin } from '../connections/origin.ts';
import type { HeaderField } from '../http/header-field.ts';
import type { StreamListener } from '../http/stream-listener.ts';
import { transportLimits } from '../transport-limits.ts';
import { unknownLength } from './check-request-fields.ts';
import type { Http2Sender, SendingStream, WholeAnswer } from './http2-sender.ts';
import type { Output } from './output.ts';
import type { ReceivingStream } from './receive-windows.ts';

/** What a stream asks of its connection. */
export interface StreamHome extends Origin {
  readonly peer: string;
  readonly commonName: string | undefined;
  /** The connection is encrypted. */
  readonly isSecure: boolean;
  readonly sender: Http2Sender<Http2Stream>;
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
export class Http2Stream implements SendingStream, ReceivingStream {
  readonly id: number;
  readonly fields: readonly HeaderField[];
  listener: StreamListener | undefined;
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
  /** The answer is there as a whole. Who streams answers waits by itself, and must not make its client's other calls wait. */
  #isReply = false;
  /** Parts of the body that wait for a window. The first may be sent in part. */
  #queue: Uint8Array[] = [];
  #queueIndex = 0;
  #offset = 0;
  #queueBytes = 0;
  /** The trailers, which follow when all is sent. */
  #end: readonly HeaderField[] | undefined;
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
    this.#ownBytes = transportLimits.streamBytes + listBytes;
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

  get isReady(): boolean {
    if (this.isClosed) return false;
    return this.#queueBytes > 0 ? this.sendWindow > 0 : this.#end !== undefined;
  }

  /** All of an answer that has not begun. */
  answer(answer: WholeAnswer): void {
    if (this.isClosed || this.#home.sender.whole(this, answer)) return;
    this.#isReply = true;
    this.respond(answer.head);
    this.write(answer.parts);
    this.finish(answer.trailers);
  }

  /** The answer's headers, `:status` first. */
  respond(fields: readonly HeaderField[]): void {
    if (!this.isClosed) this.#home.sender.head(this, fields);
  }

  /** An answer that is headers alone. */
  respondAndEnd(fields: readonly HeaderField[]): void {
    if (!this.isClosed) this.#home.sender.lastFields(this, fields);
  }

  /** Parts of the body, sent together where the windows let them pass. */
  write(parts: readonly Uint8Array[]): void {
    if (this.isClosed) return;
    const { sender } = this.#home;
    if (sender.atOnce(this, parts)) return;
    let bytes = 0;
    for (const part of parts) {
      if (part.length === 0) continue;
      bytes += part.length;
      this.#queue.push(part);
    }
    this.#changeQueue(bytes);
    sender.pump(this);
  }

  /** The end; without trailers the last frame is one of data. */
  finish(trailers: readonly HeaderField[]): void {
    if (this.isClosed) return;
    this.#end = trailers;
    this.#home.sender.pump(this);
  }

  /** Resolves when `pendingBytes` has fallen below the mark, or the stream is gone. */
  async drained(): Promise<void> {
    if (this.isClosed || this.#queueBytes <= transportLimits.outgoingBytesMark) return;
    await new Promise<void>((resolve) => this.#onDrained.push(resolve));
  }

  /** How many bytes of the request wait above, until they are whole or wanted. */
  hold(bytes: number): void {
    if (this.isClosed) return;
    const change = bytes - this.#heldBytes;
    this.#heldBytes = bytes;
    this.#home.account.add(change);
  }

  /** The client made the server work on bytes that are of no use. */
  countUseless(bytes: number): void {
    if (!this.isClosed) this.#home.countUseless(bytes);
  }

  /** Makes the client wait, and go on. */
  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    this.#home.refillWindow(this);
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
    if (this.#queueBytes <= transportLimits.outgoingBytesMark) this.#wakeDrained();
  }

  takeTrailers(): readonly HeaderField[] | undefined {
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
