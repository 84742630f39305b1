import type { RequestListener, Server } from 'node:http';
import type { Socket } from 'node:net';
import { serverLimits } from '../server-limits.ts';

// An import would load all that the module could give, its WebSocket client among it: 13 MiB and 30 ms.
const { createServer } = process.getBuiltinModule('node:http');

/** All connections of HTTP/1.1. They are accepted elsewhere. */
export class Http1Server {
  readonly #server: Server;

  constructor(listener: RequestListener) {
    this.#server = createServer(
      {
        headersTimeout: serverLimits.httpHeadersTimeoutMs,
        connectionsCheckingInterval: serverLimits.httpHeadersTimeoutMs,
        keepAliveTimeout: serverLimits.httpIdleTimeoutMs,
        // A watch hears its client's requests for as long as it lasts.
        requestTimeout: 0,
      },
      listener,
    );
    // node watches over the time that headers take, and knows its connections, from here on only.
    this.#server.emit('listening');
  }

  add(socket: Socket): void {
    this.#server.emit('connection', socket);
  }

  /** Hangs up on all. */
  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
