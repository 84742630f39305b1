import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { WebSocket, WebSocketServer } from 'ws';
import { freeWhole } from '../../../memory.ts';
import type { Arrival, Arrivals } from '../budget/arrivals.ts';
import type { HeldAccount, HeldBytes } from '../budget/held-bytes.ts';
import type { Turns } from '../budget/turns.ts';
import type { HeaderField } from '../http/header-field.ts';
import { transportLimits } from '../transport-limits.ts';
import { Http1Request } from './http1-request.ts';
import type { UpgradeListener } from './http1-server.ts';
import type { WebExchange, WebHandler } from './web-exchange.ts';

export interface WebSocketsOptions {
  /** Takes a WebSocket's request as if it came with POST: its body are the messages of the client, a line each, its answer's lines messages to it. */
  readonly handler: WebHandler;
  /** Whether who asks for it may have one. */
  readonly allows: (request: IncomingMessage) => boolean;
  readonly messageBytesMax: number;
  /** What unfinished messages hold. */
  readonly held: HeldBytes;
  readonly arrivals: Arrivals;
  /** They are opened in turns with what else connections lead to. */
  readonly turns: Turns;
}

const nothing = Buffer.alloc(0);
const newline = 0x0a;
const lineEnd = Buffer.of(newline);
/** The code of a close of which nothing is to be said. */
const doneCode = 1000;
/** The protocol that a client names before its token: a page cannot send the header `Authorization`. */
const bearer = 'Bearer';

/** WebSockets. What may not have one is answered as if it had not asked. */
export class WebSockets {
  readonly #options: WebSocketsOptions;
  /** Made, and its package loaded, when the first is asked for. */
  #server: Promise<WebSocketServer> | undefined;
  readonly #incoming = new Set<IncomingFrames>();

  constructor(options: WebSocketsOptions) {
    this.#options = options;
    options.arrivals.watch(this.#incoming);
  }

  readonly upgrade: UpgradeListener = (request, socket) => {
    const isWebSocket = request.headers.upgrade?.toLowerCase() === 'websocket';
    if (!isWebSocket || !this.#options.allows(request)) return false;
    // Its package is loaded before it listens itself.
    socket.on('error', () => undefined);
    void this.#open(request, socket);
    return true;
  };

  /** Hangs up on all. */
  close(): void {
    void this.#server?.then((server) => {
      for (const socket of server.clients) socket.terminate();
    });
  }

  async #open(request: IncomingMessage, socket: Socket): Promise<void> {
    this.#server ??= makeServer(this.#options.messageBytesMax);
    const server = await this.#server;
    await this.#options.turns.run(() =>
      server.handleUpgrade(request, socket, nothing, (webSocket) => this.#serve(request, webSocket, socket)),
    );
  }

  #serve(request: IncomingMessage, webSocket: WebSocket, socket: Socket): void {
    const incoming = new IncomingFrames(webSocket, socket, this.#options.held);
    this.#incoming.add(incoming);
    webSocket.on('close', () => this.#incoming.delete(incoming));
    // What is wrong with what the client sends ends the connection by itself.
    webSocket.on('error', () => undefined);
    const listener = this.#options.handler(new WebSocketExchange(request, webSocket));
    webSocket.on('message', (data: Buffer) => {
      listener?.onData(data);
      listener?.onData(lineEnd);
    });
    webSocket.on('close', () => listener?.onClose());
  }
}

/** Bytes of a masked frame besides its payload, where that is as short as a control frame's. */
const controlFrameBytes = 6;

/** What came of a message that is not whole. Its library keeps it, and does not say how much it is. */
class IncomingFrames implements Arrival {
  readonly #webSocket: WebSocket;
  readonly #account: HeldAccount;
  #sinceMs: number | undefined;
  /** Of a message that is not whole. */
  #pieces: Buffer[] = [];

  constructor(webSocket: WebSocket, socket: Socket, held: HeldBytes) {
    this.#webSocket = webSocket;
    this.#account = held.open({
      bytesMax: transportLimits.connectionHeldBytesMax,
      onExceeded: () => this.giveUpRequest(),
    });
    // Before the library, which takes messages out of what has arrived.
    socket.prependListener('data', (piece: Buffer) => {
      this.#pieces.push(piece);
      this.#count(piece.length);
    });
    webSocket.on('message', () => {
      this.#pieces = this.#pieces.slice(-1);
      this.#count(-this.#account.bytes);
    });
    const onControl = ({ length }: Buffer) => this.#count(-Math.min(this.#account.bytes, length + controlFrameBytes));
    webSocket.on('ping', onControl);
    webSocket.on('pong', onControl);
    webSocket.on('close', () => this.#onClose());
  }

  isArrivingSince(beforeMs: number): boolean {
    return this.#sinceMs !== undefined && this.#sinceMs < beforeMs;
  }

  giveUpRequest(): void {
    this.#account.close();
    this.#webSocket.terminate();
  }

  /** A garbage collection would free them late, when hundreds of MiB have come together. */
  #onClose(): void {
    this.#account.close();
    for (const piece of this.#pieces) freeWhole(piece);
    this.#pieces = [];
  }

  #count(bytes: number): void {
    this.#account.add(bytes);
    if (this.#account.bytes === 0) this.#sinceMs = undefined;
    else this.#sinceMs ??= performance.now();
  }
}

async function makeServer(maxPayload: number): Promise<WebSocketServer> {
  const { WebSocketServer } = await import('ws');
  return new WebSocketServer({
    noServer: true,
    maxPayload,
    maxBufferedChunks: transportLimits.webSocketPiecesMax,
    perMessageDeflate: false,
    handleProtocols: (protocols) => protocols.has(bearer) && bearer,
  });
}

class WebSocketExchange extends Http1Request implements WebExchange {
  readonly #webSocket: WebSocket;
  /** The message to the client has begun and not ended. */
  #isInMessage = false;
  #sent: Promise<void> = Promise.resolve();

  constructor(request: IncomingMessage, webSocket: WebSocket) {
    super(request, { method: 'POST', fields: tokenFields(request) });
    this.#webSocket = webSocket;
  }

  get pendingBytes(): number {
    return this.#webSocket.bufferedAmount;
  }

  /** A WebSocket has neither headers nor a status: an error is told by its message alone. */
  addFields(): void {}

  head(): void {}

  write(bytes: Uint8Array): void {
    let start = 0;
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
      this.#send(bytes.subarray(start, end), true);
      start = end + 1;
    }
    if (start < bytes.length) this.#send(bytes.subarray(start), false);
  }

  end(): void {
    if (this.#isInMessage) this.#send(new Uint8Array(), true);
    this.#webSocket.close(doneCode);
  }

  /** It ends with the answer. */
  endConnection(): void {}

  async drained(): Promise<void> {
    await this.#sent;
  }

  async whenSent(): Promise<void> {
    await this.#sent;
  }

  pause(): void {
    this.#webSocket.pause();
  }

  resume(): void {
    this.#webSocket.resume();
  }

  #send(bytes: Uint8Array, isLast: boolean): void {
    this.#isInMessage = !isLast;
    this.#sent = new Promise((resolve) => {
      // With an error when the client is gone, which is heard of elsewhere.
      this.#webSocket.send(bytes, { binary: false, fin: isLast }, () => resolve());
    });
  }
}

/** The token, as the header that a page cannot send. */
function tokenFields({ headers }: IncomingMessage): readonly HeaderField[] {
  const [, token] = /^Bearer *, *(\S+)/.exec(headers['sec-websocket-protocol'] ?? '') ?? [];
  return token === undefined ? [] : [['authorization', `${bearer} ${token}`]];
}
