import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import type { HeldBytes } from '../budget/held-bytes.ts';
import type { Turns } from '../budget/turns.ts';
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
  /** Checks that requests over HTTP/1.1 pass first. */
  readonly guard?: (next: RequestListener) => RequestListener;
  /** Absent: no WebSockets. */
  readonly webSockets?: WebSockets;
  /** Memory of unfinished requests over HTTP/1.1. */
  readonly held: HeldBytes;
  /** Connections with HTTP/1.1 take turns. */
  readonly turns: Turns;
  readonly http2: Omit<Http2ConnectionOptions, 'accept'>;
}

/** Serves everything except gRPC, over HTTP/1.1, HTTP/2 and WebSockets. */
export class WebServer {
  readonly protocols: Required<Pick<Protocols, 'http1' | 'http2'>>;
  readonly #openHttp1: () => Http1Server;
  /** Undefined before the first connection, because Node's server takes 10 ms to load. */
  #http1: Http1Server | undefined;
  readonly #http2: Http2Server;
  readonly #webSockets: WebSockets | undefined;

  constructor({ handler, guard = (next) => next, webSockets, http2, held, turns }: WebServerOptions) {
    this.#webSockets = webSockets;
    const listener = guard(http1Listener(handler));
    this.#openHttp1 = () => new Http1Server({ listener, upgrade: webSockets?.upgrade, turns, held });
    this.#http2 = new Http2Server({
      ...http2,
      accept: (stream) => handler(new Http2Exchange(stream)),
    });
    this.protocols = { http1: (socket) => this.#addHttp1(socket), http2: (socket) => this.#http2.add(socket) };
  }

  #addHttp1(socket: Socket): void {
    this.#http1 ??= this.#openHttp1();
    this.#http1.add(socket);
  }

  /** Closes HTTP/1.1 connections at once, and HTTP/2 connections after their last answer. */
  close(): void {
    this.#http1?.close();
    this.#webSockets?.close();
    this.#http2.close();
  }
}
