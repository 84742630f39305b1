import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { HeaderField } from '../http/header-field.ts';
import { Http1Request } from './http1-request.ts';
import type { WebExchange, WebHandler } from './web-exchange.ts';

/** Passes requests over HTTP/1.1 to a handler. */
export function http1Listener(handler: WebHandler): RequestListener {
  return (request, response) => {
    const listener = handler(new Http1Exchange(request, response));
    if (listener === undefined) {
      request.resume();
      return;
    }
    request.on('data', (chunk: Buffer) => listener.onData(chunk));
    request.on('end', () => listener.onEnd());
    // The response reports a client that closes its connection.
    request.on('error', () => undefined);
    // A call may wait for hours. As in etcd, it ends when its client has closed its side of the
    // connection.
    const endResponse = () => response.destroy();
    request.socket.once('end', endResponse);
    response.on('close', () => {
      request.socket.off('end', endResponse);
      if (!response.writableFinished) listener.onClose();
    });
  };
}

class Http1Exchange extends Http1Request implements WebExchange {
  readonly #response: ServerResponse;
  readonly #answerFields: HeaderField[] = [];

  constructor(request: IncomingMessage, response: ServerResponse) {
    super(request);
    this.#response = response;
  }

  get pendingBytes(): number {
    return this.#response.writableLength;
  }

  addFields(fields: readonly HeaderField[]): void {
    this.#answerFields.push(...fields);
  }

  head(status: number, fields: readonly HeaderField[]): void {
    this.#response.writeHead(status, [...this.#answerFields, ...fields].flat());
  }

  write(bytes: Uint8Array): void {
    this.#response.write(bytes);
  }

  end(trailers: readonly HeaderField[] = []): void {
    if (trailers.length > 0)
      this.#response.addTrailers(trailers.map(([name, value]): [string, string] => [name, value]));
    this.#response.end();
  }

  endConnection(): void {
    this.#response.shouldKeepAlive = false;
  }

  async drained(): Promise<void> {
    if (this.#response.writableNeedDrain) await this.#nextEvent('drain');
  }

  async whenSent(): Promise<void> {
    if (!this.#response.writableFinished) await this.#nextEvent('finish');
  }

  pause(): void {
    this.request.pause();
  }

  resume(): void {
    this.request.resume();
  }

  /** Resolves at an event of the response, or at its end. */
  async #nextEvent(event: 'drain' | 'finish'): Promise<void> {
    const response = this.#response;
    if (response.destroyed) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        response.off(event, done);
        response.off('close', done);
        resolve();
      };
      response.on(event, done);
      response.on('close', done);
    });
  }
}
