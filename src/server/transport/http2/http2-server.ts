import type { Socket } from 'node:net';
import { Http2Connection, type Http2ConnectionOptions } from './http2-connection.ts';
import { checkIntervalMs } from './liveness.ts';

/** All HTTP/2 connections. */
export class Http2Server {
  readonly #options: Http2ConnectionOptions;
  readonly #connections = new Set<Http2Connection>();
  readonly #timer: NodeJS.Timeout | undefined;
  #isClosing = false;
  #onEmpty: (() => void) | undefined;

  constructor(options: Http2ConnectionOptions) {
    this.#options = options;
    const intervalMs = checkIntervalMs(options.keepalive);
    if (intervalMs !== undefined) this.#timer = setInterval(() => this.#checkLiveness(), intervalMs).unref();
  }

  /** Takes over a socket whose first bytes are HTTP/2. */
  add(socket: Socket): void {
    const connection = new Http2Connection(socket, this.#options);
    this.#connections.add(connection);
    socket.once('close', () => {
      this.#connections.delete(connection);
      if (this.#connections.size === 0) this.#onEmpty?.();
    });
    if (this.#isClosing) connection.close();
  }

  /** Sends GOAWAY to every client. Connections close after their last answer. */
  close(): void {
    this.#isClosing = true;
    clearInterval(this.#timer);
    for (const connection of this.#connections) connection.close();
  }

  async whenEmpty(): Promise<void> {
    if (this.#connections.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
  }

  #checkLiveness(): void {
    const nowMs = performance.now();
    for (const connection of this.#connections) connection.checkLiveness(nowMs);
  }
}
