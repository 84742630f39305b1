import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { freeWhole } from '../../../memory.ts';
import type { HeldAccount, HeldBytes } from '../budget/held-bytes.ts';
import type { Turn, Turns, TurnTaker } from '../budget/turns.ts';
import { transportLimits } from '../transport-limits.ts';

export interface Http1ConnectionOptions {
  /** Connections take turns with all others of the process. */
  readonly turns: Turns;
  /** What connections hold that is not worked off. */
  readonly held: HeldBytes;
}

const nothing = Buffer.alloc(0);
const blankLine = '\r\n\r\n';

/**
 * What node's HTTP server takes for the socket of a connection. It gives on what the client sends in turns and in small pieces, and one request at a time: the
 * next one begins when the answer was sent. Meanwhile one chunk is read ahead, because a client that has gone is noticed by reading alone.
 */
export class Http1Connection extends Duplex implements TurnTaker {
  readonly socket: Socket;
  readonly #turns: Turns;
  readonly #account: HeldAccount;
  /** Input that is not given on before `#at`. */
  #input: Buffer = nothing;
  #at = 0;
  /** Before `#at`: a blank line may have come in parts. */
  #lastBytes = '';
  #hasEnded = false;
  /** Who reads has not asked for a pause. */
  #isWanted = false;
  /** The connection has gone on to another protocol. */
  #isUpgraded = false;
  #request: IncomingMessage | undefined;
  /** Of its body, where its length was announced. */
  #missingBytes = 0;
  #isAnswered = true;
  /** What the reading of the input has cost, and no turn was charged with yet. */
  #readMs = 0;
  /** The turn that is on. */
  #turn: Turn | undefined;

  constructor(socket: Socket, { turns, held }: Http1ConnectionOptions) {
    // node gives requests the same mark.
    super({ allowHalfOpen: true, decodeStrings: false, readableHighWaterMark: transportLimits.http1BodyPieceBytes });
    this.socket = socket;
    this.#turns = turns;
    this.#account = held.open({
      bytesMax: transportLimits.connectionHeldBytesMax,
      onExceeded: () => this.destroy(),
    });
    // Looked for as on a socket.
    if ('encrypted' in socket) Object.assign(this, { encrypted: true });
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('end', () => this.#onEnd());
    socket.on('timeout', () => this.emit('timeout'));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
    this.on('pause', () => {
      this.#isWanted = false;
    });
    this.on('resume', () => {
      this.#isWanted = true;
      this.#giveOn();
    });
  }

  get remoteAddress(): string | undefined {
    return this.socket.remoteAddress;
  }

  get remotePort(): number | undefined {
    return this.socket.remotePort;
  }

  /** A request has begun; the next one waits for the end of its answer. */
  begin(request: IncomingMessage, response: ServerResponse): void {
    this.#turn?.charge(transportLimits.callTurnMs);
    this.#request = request;
    this.#missingBytes = Number(request.headers['content-length'] ?? 0);
    this.#isAnswered = false;
    response.once('close', () => {
      if (this.#request !== request) return;
      this.#isAnswered = true;
      this.#giveOn();
    });
  }

  /** Another protocol follows. `bytes` were given on and not used. */
  upgrade(bytes: Buffer): void {
    this.#isUpgraded = true;
    this.#giveBack(bytes);
  }

  /** The protocol is not changed: `bytes` are read as a request. */
  readAgain(bytes: Buffer): void {
    this.#isUpgraded = false;
    this.#request = undefined;
    this.#isAnswered = true;
    this.#giveBack(bytes);
  }

  takeTurn(turn: Turn): boolean {
    this.#turn = turn;
    turn.charge(this.#readMs);
    this.#readMs = 0;
    while (this.#at < this.#input.length && this.#mayGiveOn()) {
      if (turn.isOver) break;
      this.push(this.#nextPiece());
    }
    this.#turn = undefined;
    this.#settle();
    return this.#at < this.#input.length && this.#mayGiveOn();
  }

  // As on a socket, for node's server.

  setTimeout(ms: number): this {
    this.socket.setTimeout(ms);
    return this;
  }

  /** Ends once everything is sent. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  /** What is given on depends on `readableFlowing` alone. */
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
    // Not before the parser has returned, which may have been what ended the connection.
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
    this.#giveOn();
    this.#settle();
  }

  #onEnd(): void {
    this.#hasEnded = true;
    this.#settle();
  }

  #giveOn(): void {
    if (this.#at < this.#input.length && this.#mayGiveOn()) this.#turns.start(this);
  }

  #giveBack(bytes: Buffer): void {
    this.#isWanted = false;
    this.#input = Buffer.concat([bytes, this.#input.subarray(this.#at)]);
    this.#at = 0;
  }

  #mayGiveOn(): boolean {
    if (this.destroyed || !this.#isWanted || this.readableFlowing !== true) return false;
    return this.#isUpgraded || this.#isAnswered || this.#isInBody();
  }

  #isInBody(): boolean {
    return this.#request?.complete === false;
  }

  /** A request's headers, a part of them, or a part of its body. */
  #nextPiece(): Buffer {
    const length = Math.min(this.#input.length - this.#at, this.#pieceBytes());
    const piece = this.#input.subarray(this.#at, this.#at + length);
    this.#at += length;
    const seamLength = blankLine.length - 1;
    this.#lastBytes = (this.#lastBytes + piece.toString('latin1', Math.max(0, length - seamLength))).slice(-seamLength);
    if (!this.#isUpgraded && this.#isInBody()) this.#missingBytes = Math.max(0, this.#missingBytes - length);
    // Of a message that is not whole its reader keeps the piece, and not more than that.
    return this.#isUpgraded ? Buffer.from(piece) : piece;
  }

  #pieceBytes(): number {
    if (this.#isUpgraded) return transportLimits.webSocketPieceBytes;
    if (!this.#isInBody()) return Math.min(this.#lengthToBlankLine(), transportLimits.http1HeadersPieceBytes);
    return this.#missingBytes > 0
      ? Math.min(this.#missingBytes, transportLimits.http1BodyPieceBytes)
      : Math.min(this.#lengthToBlankLine(), transportLimits.http1ChunksPieceBytes);
  }

  /** Headers end with a blank line, and so does a body in chunks: what follows may be the next request. */
  #lengthToBlankLine(): number {
    const seam = this.#lastBytes + this.#input.toString('latin1', this.#at, this.#at + blankLine.length - 1);
    const inSeam = seam.indexOf(blankLine);
    if (inSeam !== -1) return inSeam + blankLine.length - this.#lastBytes.length;
    const start = this.#input.indexOf(blankLine, this.#at, 'latin1');
    return (start === -1 ? this.#input.length : start + blankLine.length) - this.#at;
  }

  /** Reads on when nothing is left, and keeps no more than what is left. */
  #settle(): void {
    if (this.destroyed) return;
    const left = this.#input.length - this.#at;
    if (2 * left <= this.#input.length) {
      // Whoever reads has copied what it keeps.
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
