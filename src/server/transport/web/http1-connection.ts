import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { freeWhole } from '../../../kit/memory.ts';
import type { HeldAccount, HeldBytes } from '../budget/held-bytes.ts';
import type { Turn, Turns, TurnTaker } from '../budget/turns.ts';
import { transportLimits } from '../transport-limits.ts';

export interface Http1ConnectionOptions {
  /** All connections with HTTP/1.1 take turns. */
  readonly turns: Turns;
  /** Memory of unprocessed input of connections. */
  readonly held: HeldBytes;
}

const nothing = Buffer.alloc(0);
const blankLine = '\r\n\r\n';

/**
 * The socket of a connection, as Node's HTTP server sees it. It forwards the client's bytes in
 * turns and in small pieces, one request at a time: the next request begins after the answer was
 * sent. Meanwhile it reads one chunk ahead, because only a read shows that a client has closed its
 * connection.
 */
export class Http1Connection extends Duplex implements TurnTaker {
  readonly socket: Socket;
  readonly #turns: Turns;
  readonly #account: HeldAccount;
  /** Received input. The bytes before `#at` are forwarded. */
  #input: Buffer = nothing;
  #at = 0;
  /** The last forwarded bytes, because a blank line may arrive in parts. */
  #lastBytes = '';
  #hasEnded = false;
  /** The reader has not paused the stream. */
  #isReading = false;
  /** The connection has changed to another protocol. */
  #isUpgraded = false;
  #request: IncomingMessage | undefined;
  /** Missing bytes of the request's body, if its length was announced. */
  #missingBytes = 0;
  #isAnswered = true;
  /** Time spent on reading input that was not charged to a turn yet. */
  #readMs = 0;
  /** The turn that is running. */
  #turn: Turn | undefined;

  constructor(socket: Socket, { turns, held }: Http1ConnectionOptions) {
    // Node has the same mark for requests.
    super({ allowHalfOpen: true, decodeStrings: false, readableHighWaterMark: transportLimits.http1BodyPieceBytes });
    this.socket = socket;
    this.#turns = turns;
    this.#account = held.open({
      bytesMax: transportLimits.connectionHeldBytesMax,
      onExceeded: () => this.destroy(),
    });
    // Node reads this property of a socket.
    if ('encrypted' in socket) Object.assign(this, { encrypted: true });
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('end', () => this.#onEnd());
    socket.on('timeout', () => this.emit('timeout'));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
    this.on('pause', () => {
      this.#isReading = false;
    });
    this.on('resume', () => {
      this.#isReading = true;
      this.#forward();
    });
  }

  get remoteAddress(): string | undefined {
    return this.socket.remoteAddress;
  }

  get remotePort(): number | undefined {
    return this.socket.remotePort;
  }

  get localAddress(): string | undefined {
    return this.socket.localAddress;
  }

  get localPort(): number | undefined {
    return this.socket.localPort;
  }

  /** A request has begun. The next one waits for the end of its answer. */
  begin(request: IncomingMessage, response: ServerResponse): void {
    this.#turn?.charge(transportLimits.callTurnMs);
    this.#request = request;
    this.#missingBytes = Number(request.headers['content-length'] ?? 0);
    this.#isAnswered = false;
    response.once('close', () => {
      if (this.#request !== request) return;
      this.#isAnswered = true;
      this.#forward();
    });
  }

  /** The connection changes to another protocol. `bytes` were forwarded and not used. */
  upgrade(bytes: Buffer): void {
    this.#isUpgraded = true;
    this.#putBack(bytes);
  }

  /** The protocol does not change. `bytes` are read as a request. */
  readAgain(bytes: Buffer): void {
    this.#isUpgraded = false;
    this.#request = undefined;
    this.#isAnswered = true;
    this.#putBack(bytes);
  }

  takeTurn(turn: Turn): boolean {
    this.#turn = turn;
    turn.charge(this.#readMs);
    this.#readMs = 0;
    while (this.#at < this.#input.length && this.#mayForward()) {
      if (turn.isOver) break;
      this.push(this.#nextPiece());
    }
    this.#turn = undefined;
    this.#settle();
    return this.#at < this.#input.length && this.#mayForward();
  }

  // Methods of a socket that Node's server calls.

  setTimeout(ms: number): this {
    this.socket.setTimeout(ms);
    return this;
  }

  /** Closes the connection when everything is sent. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  /** Forwarding depends on `readableFlowing` alone. */
  override _read(): void {}

  override _write(chunk: Buffer | string, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.socket.write(chunk, encoding, done);
  }

  override _writev(
    chunks: readonly { readonly chunk: Buffer | string; readonly encoding: BufferEncoding }[],
    done: (error?: Error | null) => void,
  ): void {
    this.socket.cork();
    chunks.forEach(({ chunk, encoding }, index) => {
      if (index === chunks.length - 1) this.socket.write(chunk, encoding, done);
      else this.socket.write(chunk, encoding);
    });
    this.socket.uncork();
  }

  override _final(done: () => void): void {
    this.socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const input = this.#input;
    this.#input = nothing;
    this.#at = 0;
    // Freed after the parser has returned, because the parser may have ended the connection.
    if (input.length > 0) setImmediate(() => freeWhole(input));
    this.#account.close();
    this.#turns.forget(this);
    this.socket.destroy();
    done(error);
  }

  #receive(chunk: Buffer): void {
    if (this.destroyed) return;
    this.#input = this.#at === this.#input.length ? chunk : Buffer.concat([this.#input.subarray(this.#at), chunk]);
    this.#at = 0;
    this.#readMs += chunk.length * transportLimits.http1ReadMsPerByte;
    this.#forward();
    this.#settle();
  }

  #onEnd(): void {
    this.#hasEnded = true;
    this.#settle();
  }

  #forward(): void {
    if (this.#at < this.#input.length && this.#mayForward()) this.#turns.start(this);
  }

  #putBack(bytes: Buffer): void {
    this.#isReading = false;
    this.#input = Buffer.concat([bytes, this.#input.subarray(this.#at)]);
    this.#at = 0;
  }

  #mayForward(): boolean {
    if (this.destroyed || !this.#isReading || this.readableFlowing !== true) return false;
    return this.#isUpgraded || this.#isAnswered || this.#isInBody();
  }

  #isInBody(): boolean {
    return this.#request?.complete === false;
  }

  /** The next piece: headers or a part of them, or a part of a body. */
  #nextPiece(): Buffer {
    const length = Math.min(this.#input.length - this.#at, this.#pieceBytes());
    const piece = this.#input.subarray(this.#at, this.#at + length);
    this.#at += length;
    const boundaryLength = blankLine.length - 1;
    this.#lastBytes = (this.#lastBytes + piece.toString('latin1', Math.max(0, length - boundaryLength))).slice(
      -boundaryLength,
    );
    if (!this.#isUpgraded && this.#isInBody()) this.#missingBytes = Math.max(0, this.#missingBytes - length);
    // The reader of an incomplete message keeps the piece. A copy keeps nothing else in memory.
    return this.#isUpgraded ? Buffer.from(piece) : piece;
  }

  #pieceBytes(): number {
    if (this.#isUpgraded) return transportLimits.webSocketPieceBytes;
    if (!this.#isInBody()) return Math.min(this.#lengthToBlankLine(), transportLimits.http1HeadersPieceBytes);
    return this.#missingBytes > 0
      ? Math.min(this.#missingBytes, transportLimits.http1BodyPieceBytes)
      : Math.min(this.#lengthToBlankLine(), transportLimits.http1ChunksPieceBytes);
  }

  /** Headers end with a blank line, and so does a body in chunks. The next request may follow. */
  #lengthToBlankLine(): number {
    const boundary = this.#lastBytes + this.#input.toString('latin1', this.#at, this.#at + blankLine.length - 1);
    const inBoundary = boundary.indexOf(blankLine);
    if (inBoundary !== -1) return inBoundary + blankLine.length - this.#lastBytes.length;
    const start = this.#input.indexOf(blankLine, this.#at, 'latin1');
    return (start === -1 ? this.#input.length : start + blankLine.length) - this.#at;
  }

  /** Continues to read when no input is left, and drops the forwarded bytes from memory. */
  #settle(): void {
    if (this.destroyed) return;
    const left = this.#input.length - this.#at;
    if (2 * left <= this.#input.length) {
      // The reader has copied the bytes that it keeps.
      if (left === 0 && this.readableLength === 0) freeWhole(this.#input);
      this.#input = left === 0 ? nothing : Buffer.from(this.#input.subarray(this.#at));
      this.#at = 0;
    }
    this.#account.add(this.#input.length - this.#account.bytes);
    if (left > 0) this.socket.pause();
    else if (this.#hasEnded) this.push(null);
    else if (this.socket.isPaused()) this.socket.resume();
  }
}
