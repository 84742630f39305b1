import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { Socket } from 'node:net';
import { assert } from '../../../errors.ts';
import { transportLimits } from '../transport-limits.ts';
import { Http1Connection, type Http1ConnectionOptions } from './http1-connection.ts';
import { headerFields } from './http1-request.ts';

// An import would load all that the module could give, its WebSocket client among it: 13 MiB and 30 ms.
const { createServer } = process.getBuiltinModule('node:http');

/** Takes a connection over whose client wants to go on in another protocol; false: it goes on in HTTP/1.1. */
export type UpgradeListener = (request: IncomingMessage, socket: Socket) => boolean;

export interface Http1ServerOptions extends Http1ConnectionOptions {
  readonly listener: RequestListener;
  readonly upgrade?: UpgradeListener | undefined;
}

/** All connections of HTTP/1.1. They are accepted elsewhere. */
export class Http1Server {
  readonly #server: Server;
  readonly #options: Http1ServerOptions;

  constructor(options: Http1ServerOptions) {
    const { listener, upgrade } = options;
    this.#options = options;
    this.#server = createServer(
      {
        headersTimeout: transportLimits.httpHeadersTimeoutMs,
        connectionsCheckingInterval: transportLimits.httpHeadersTimeoutMs,
        keepAliveTimeout: transportLimits.httpIdleTimeoutMs,
        // A watch hears its client's requests for as long as it lasts.
        requestTimeout: 0,
      },
      (request, response) => {
        connectionOf(request.socket).begin(request, response);
        listener(request, response);
      },
    );
    // A client may close its side after its request, and wait for the answer. Node has this property since its first version, its types do not.
    Object.assign(this.#server, { httpAllowHalfOpen: true });
    if (upgrade !== undefined) {
      this.#server.on('upgrade', (request, socket: Socket, head) => {
        if (upgrade(request, socket)) connectionOf(socket).upgrade(head);
        else this.#readAgain(request, socket, head);
      });
    }
    // node watches over the time that headers take, and knows its connections, from here on only.
    this.#server.emit('listening');
  }

  add(socket: Socket): void {
    socket.allowHalfOpen = true;
    this.#server.emit('connection', new Http1Connection(socket, this.#options));
  }

  /** node has left the connection to the other protocol: it gets its first request back, without the wish for one. */
  #readAgain(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const { method, url, httpVersion } = request;
    const fields = headerFields(request).filter(([name]) => name !== 'upgrade');
    const lines = [`${method} ${url} HTTP/${httpVersion}`, ...fields.map(([name, value]) => `${name}: ${value}`)];
    connectionOf(socket).readAgain(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
    this.#server.emit('connection', socket);
  }

  /** Hangs up on all. */
  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** node's types know sockets alone. */
function connectionOf(socket: Socket): Http1Connection {
  assert(socket instanceof Http1Connection, 'a request came over another connection');
  return socket;
}
