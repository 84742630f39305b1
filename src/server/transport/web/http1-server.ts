import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { Socket } from 'node:net';
import { assert } from '../../../errors.ts';
import { transportLimits } from '../transport-limits.ts';
import { Http1Connection, type Http1ConnectionOptions } from './http1-connection.ts';
import { headerFields } from './http1-request.ts';

/**
 * Takes over a connection whose client requests another protocol. False: the connection continues
 * with HTTP/1.1.
 */
export type UpgradeListener = (request: IncomingMessage, socket: Socket) => boolean;

export interface Http1ServerOptions extends Http1ConnectionOptions {
  readonly listener: RequestListener;
  readonly upgrade?: UpgradeListener | undefined;
}

/** All HTTP/1.1 connections. Other code accepts them. */
export class Http1Server {
  readonly #server: Server;
  readonly #options: Http1ServerOptions;

  constructor(options: Http1ServerOptions) {
    const { listener, upgrade } = options;
    this.#options = options;
    // An import would load the whole module, including its WebSocket client: 13 MiB and 30 ms.
    const { createServer } = process.getBuiltinModule('node:http');
    this.#server = createServer(
      {
        headersTimeout: transportLimits.httpHeadersTimeoutMs,
        connectionsCheckingInterval: transportLimits.httpHeadersTimeoutMs,
        keepAliveTimeout: transportLimits.httpIdleTimeoutMs,
        // The request of a watch lasts as long as the watch.
        requestTimeout: 0,
      },
      (request, response) => {
        connectionOf(request.socket).begin(request, response);
        listener(request, response);
      },
    );
    // A client may close its side after its request and wait for the answer. Node has had this
    // property since its first version, but its types do not.
    Object.assign(this.#server, { httpAllowHalfOpen: true });
    if (upgrade !== undefined) {
      this.#server.on('upgrade', (request, socket: Socket, head) => {
        if (upgrade(request, socket)) connectionOf(socket).upgrade(head);
        else this.#readAgain(request, socket, head);
      });
    }
    // Node checks the time for headers, and tracks its connections, only after this event.
    this.#server.emit('listening');
  }

  add(socket: Socket): void {
    socket.allowHalfOpen = true;
    this.#server.emit('connection', new Http1Connection(socket, this.#options));
  }

  /**
   * Node has passed the connection to the other protocol. This returns the first request to Node,
   * without the header `upgrade`.
   */
  #readAgain(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const { method, url, httpVersion } = request;
    const fields = headerFields(request).filter(([name]) => name !== 'upgrade');
    const lines = [`${method} ${url} HTTP/${httpVersion}`, ...fields.map(([name, value]) => `${name}: ${value}`)];
    connectionOf(socket).readAgain(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
    this.#server.emit('connection', socket);
  }

  /** Closes all connections. */
  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** Node's types have only sockets. */
function connectionOf(socket: Socket): Http1Connection {
  assert(socket instanceof Http1Connection, 'a request came over another connection');
  return socket;
}
