import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { WebSocket, WebSocketServer } from 'ws';
import { freeWhole } from '../../../kit/memory.ts';
import type { HeldAccount, HeldBytes } from '../budget/held-bytes.ts';
import type { RequestTimeouts, UnfinishedRequest } from '../budget/request-timeouts.ts';
import type { Turns } from '../budget/turns.ts';
import type { HeaderField } from '../http/header-field.ts';
import { transportLimits } from '../transport-limits.ts';
import { Http1Request } from './http1-request.ts';
import type { UpgradeListener } from './http1-server.ts';
import type { WebExchange, WebHandler } from './web-exchange.ts';

export interface WebSocketsOptions {
  /**
   * Handles a WebSocket's request as a POST. Its body is the client's messages, one per line. Each
   * line of the answer becomes a message to the client.
   */
  readonly handler: WebHandler;
  /** Whether the client may open a WebSocket. */
  readonly allows: (request: IncomingMessage) => boolean;
  readonly messageBytesMax: number;
  /** Memory of unfinished messages. */
  readonly held: HeldBytes;
  readonly requestTimeouts: RequestTimeouts;
  /** WebSockets are opened in turns with the work of other connections. */
  readonly turns: Turns;
}

const nothing = Buffer.alloc(0);
const newline = 0x0a;
const lineEnd = Buffer.of(newline);
/** The close code for a normal end. */
const doneCode = 1000;
/**
 * The protocol that a client names before its token, because a web page cannot send the header
 * `Authorization`.
 */
const bearer = 'Bearer';

/** WebSockets. A request that is not allowed one is answered without the upgrade. */
export class WebSockets {
  readonly #options: WebSocketsOptions;
  /** Made when the first WebSocket is requested. The package is loaded then, too. */
  #server: Promise<WebSocketServer> | undefined;
  readonly #incoming = new Set<IncomingFrames>();

  constructor(options: WebSocketsOptions) {
    this.#options = options;
    options.requestTimeouts.watch(this.#incoming);
  }

  readonly upgrade: UpgradeListener = (request, socket) => {
    const isWebSocket = request.headers.upgrade?.toLowerCase() === 'websocket';
    if (!isWebSocket || !this.#options.allows(request)) return false;
    // The package adds its own listener after it is loaded.
    socket.on('error', () => undefined);
    void this.#open(request, socket);
    return true;
  };

  /** Closes all WebSockets. */
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
    // The package itself ends the connection after an error of the client.
    webSocket.on('error', () => undefined);
    const listener = this.#options.handler(new WebSocketExchange(request, webSocket));
    webSocket.on('message', (data: Buffer) => {
      listener?.onData(data);
      listener?.onData(lineEnd);
    });
    webSocket.on('close', () => listener?.onClose());
  }
}

/** Header bytes of a masked frame with a short payload, as in a control frame. */
const controlFrameBytes = 6;
/** The package copies a frame that arrived in pieces, and the pieces are kept too. */
const copies = 2;

/**
 * The received bytes of incomplete messages. The package keeps them, but does not report how many
 * there are.
 */
class IncomingFrames implements UnfinishedRequest {
  readonly #webSocket: WebSocket;
  readonly #account: HeldAccount;
  #sinceMs: number | undefined;
  /** Received bytes of an incomplete message. */
  #bytes = 0;
  /** The pieces of an incomplete message. */
  #pieces: Buffer[] = [];

  constructor(webSocket: WebSocket, socket: Socket, held: HeldBytes) {
    this.#webSocket = webSocket;
    this.#account = held.open({
      bytesMax: transportLimits.connectionHeldBytesMax,
      onExceeded: () => this.abortRequest(),
    });
    // This listener must come before the one of the package, which removes messages from the
    // received bytes.
    socket.prependListener('data', (piece: Buffer) => {
      this.#pieces.push(piece);
      this.#count(piece.length);
    });
    webSocket.on('message', () => {
      this.#pieces = this.#pieces.slice(-1);
      this.#count(-this.#bytes);
    });
    const onControl = ({ length }: Buffer) => this.#count(-Math.min(this.#bytes, length + controlFrameBytes));
    webSocket.on('ping', onControl);
    webSocket.on('pong', onControl);
    webSocket.on('close', () => this.#onClose());
  }

  isArrivingSince(beforeMs: number): boolean {
    return this.#sinceMs !== undefined && this.#sinceMs < beforeMs;
  }

  abortRequest(): void {
    this.#account.close();
    this.#webSocket.terminate();
  }

  /**
   * Frees the pieces at once. A garbage collection would free them late, when they have grown to
   * hundreds of MiB.
   */
  #onClose(): void {
    this.#account.close();
    for (const piece of this.#pieces) freeWhole(piece);
    this.#pieces = [];
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    this.#account.add(copies * bytes);
    if (this.#bytes === 0) this.#sinceMs = undefined;
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
  /** A message to the client has begun and not ended. */
  #isInMessage = false;
  #sent: Promise<void> = Promise.resolve();

  constructor(request: IncomingMessage, webSocket: WebSocket) {
    super(request, { method: 'POST', fields: tokenFields(request) });
    this.#webSocket = webSocket;
  }

  get pendingBytes(): number {
    return this.#webSocket.bufferedAmount;
  }

  /** A WebSocket has neither headers nor a status. Only the message shows an error. */
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

  /** The connection ends with the answer. */
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
      // An error means that the client has closed the connection, which another event reports.
      this.#webSocket.send(bytes, { binary: false, fin: isLast }, () => resolve());
    });
  }
}

/** The token, as the header that a web page cannot send. */
function tokenFields({ headers }: IncomingMessage): readonly HeaderField[] {
  const [, token] = /^Bearer *, *(\S+)/.exec(headers['sec-websocket-protocol'] ?? '') ?? [];
  return token === undefined ? [] : [['authorization', `${bearer} ${token}`]];
}
