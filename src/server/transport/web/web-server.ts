import type { RequestListener } from 'node:http';
import type { HeldBytes } from '../budget/held-bytes.ts';
import type { Protocols } from '../connections/connections.ts';
import type { Http2ConnectionOptions } from '../http2/http2-connection.ts';
import { Http2Server } from '../http2/http2-server.ts';
import { http1Listener } from './http1-exchange.ts';
import { Http1Server } from './http1-server.ts';
import { Http2Exchange } from './http2-exchange.ts';
import type { WebHandler } from './web-exchange.ts';
import type { WebSockets } from './web-sockets.ts';

export interface WebServerOptions {
  readonly handler: WebHandler;
  /** What requests over HTTP/1.1 pass first. */
  readonly guard?: (next: RequestListener) => RequestListener;
  /** Absent: nobody is spoken to through them. */
  readonly webSockets?: WebSockets;
  /** What unfinished requests over HTTP/1.1 hold. */
  readonly held: HeldBytes;
  readonly http2: Omit<Http2ConnectionOptions, 'accept'>;
}

/** Serves what is not gRPC, over both versions of HTTP and WebSockets. */
export class WebServer {
  readonly protocols: Required<Pick<Protocols, 'http1' | 'http2'>>;
  readonly #http1: Http1Server;
  readonly #http2: Http2Server;
  readonly #webSockets: WebSockets | undefined;

  constructor({ handler, guard = (next) => next, webSockets, http2, held }: WebServerOptions) {
    this.#webSockets = webSockets;
    this.#http1 = new Http1Server({
      listener: guard(http1Listener(handler)),
      upgrade: webSockets?.upgrade,
      turns: http2.turns,
      held,
    });
    this.#http2 = new Http2Server({
      ...http2,
      accept: (stream) => handler(new Http2Exchange(stream)),
    });
    this.protocols = { http1: (socket) => this.#http1.add(socket), http2: (socket) => this.#http2.add(socket) };
  }

  /** Hangs up on HTTP/1.1, and says goodbye to HTTP/2. */
  close(): void {
    this.#http1.close();
    this.#webSockets?.close();
    this.#http2.close();
  }
}
