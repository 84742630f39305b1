import type { Origin } from '../../../store/requester.ts';
import type { HeaderField } from '../grpc/call-stream.ts';
import { headerValue, requestHead } from '../grpc/request-head.ts';
import type { WebExchange } from './web-exchange.ts';

/** What is asked of an HTTP/2 stream whose answer is not gRPC's. */
export interface Http2WebStream {
  readonly fields: readonly HeaderField[];
  readonly peer: string;
  readonly origin: Origin;
  readonly commonName: string | undefined;
  readonly pendingBytes: number;
  /** The answer's headers, `:status` first. */
  respond(fields: readonly HeaderField[]): void;
  sendBytes(bytes: Uint8Array): void;
  /** The end; without trailers the last frame is one of data. */
  finish(trailers: readonly HeaderField[]): void;
  drained(): Promise<void>;
  pause(): void;
  resume(): void;
}

/** Whether a stream is for the gRPC server; what it makes of the content type's rest is its own affair. */
export function isGrpcRequest({ fields }: Pick<Http2WebStream, 'fields'>): boolean {
  return headerValue(fields, 'content-type')?.includes('application/grpc') ?? false;
}

/** A request over HTTP/2 that is not gRPC's. */
export class Http2Exchange implements WebExchange {
  readonly method: string;
  readonly target: string;
  readonly fields: readonly HeaderField[];
  readonly #stream: Http2WebStream;
  readonly #answerFields: HeaderField[] = [];

  constructor(stream: Http2WebStream) {
    this.#stream = stream;
    const { method, path } = requestHead(stream.fields);
    this.method = method;
    this.target = path;
    this.fields = stream.fields.flatMap(([name, value]): HeaderField[] => {
      if (name === ':authority') return [['host', value]];
      return name.startsWith(':') ? [] : [[name, value]];
    });
  }

  get peer(): string {
    return this.#stream.peer;
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
    if (this.method !== 'HEAD' && bytes.length > 0) this.#stream.sendBytes(bytes);
  }

  end(trailers: readonly HeaderField[] = []): void {
    this.#stream.finish(trailers);
  }

  /** The stream is reset when it is answered. */
  endConnection(): void {}

  drained(): Promise<void> {
    return this.#stream.drained();
  }

  /** A connection of HTTP/2 does not close before its streams have ended. */
  async whenSent(): Promise<void> {}

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }
}
