import type { Origin } from '../../../kit/origin.ts';
import { type HeaderField, headerValue } from '../http/header-field.ts';
import type { Http2Stream } from '../http2/http2-stream.ts';
import type { WebExchange } from './web-exchange.ts';

/** A request over HTTP/2 that is not gRPC. */
export class Http2Exchange implements WebExchange {
  readonly method: string;
  readonly target: string;
  readonly fields: readonly HeaderField[];
  readonly #stream: Http2Stream;
  readonly #answerFields: HeaderField[] = [];

  constructor(stream: Http2Stream) {
    this.#stream = stream;
    this.method = headerValue(stream.fields, ':method') ?? '';
    this.target = headerValue(stream.fields, ':path') ?? '';
    this.fields = stream.fields.flatMap(([name, value]): HeaderField[] => {
      if (name === ':authority') return [['host', value]];
      return name.startsWith(':') ? [] : [[name, value]];
    });
  }

  get peer(): string {
    return this.#stream.peer;
  }

  get local(): string {
    return this.#stream.local;
  }

  get origin(): Origin {
    return this.#stream.origin;
  }

  get commonName(): string | undefined {
    return this.#stream.commonName;
  }

  get pendingBytes(): number {
    return this.#stream.pendingBytes;
  }

  addFields(fields: readonly HeaderField[]): void {
    this.#answerFields.push(...fields);
  }

  head(status: number, fields: readonly HeaderField[]): void {
    this.#stream.respond([[':status', String(status)], ...this.#answerFields, ...fields]);
  }

  write(bytes: Uint8Array): void {
    // The answer to a HEAD has no body, whatever its headers say.
    if (this.method !== 'HEAD' && bytes.length > 0) this.#stream.write([bytes]);
  }

  end(trailers: readonly HeaderField[] = []): void {
    this.#stream.finish(trailers);
  }

  /** A stream is reset after its answer. */
  endConnection(): void {}

  drained(): Promise<void> {
    return this.#stream.drained();
  }

  /** An HTTP/2 connection does not close before its streams have ended. */
  async whenSent(): Promise<void> {}

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }
}
