import { StatusCode } from '../../../errors.ts';
import type { Origin } from '../../../kit/origin.ts';
import type { HeaderField } from '../http/header-field.ts';
import type { UsualAnswer } from '../http2/hpack/hpack-encoder.ts';
import type { Http2Stream } from '../http2/http2-stream.ts';
import type { CallStream, RefusalOptions } from './call-stream.ts';
import { prefixBytes } from './message-reader.ts';
import type { Message } from './method.ts';
import { percentEncode } from './percent-encode.ts';
import type { Status } from './status.ts';

/** The two header blocks of nearly every answer of a gRPC connection. */
export const usualAnswer: UsualAnswer = {
  head: [
    [':status', '200'],
    ['content-type', 'application/grpc'],
  ],
  trailers: [['grpc-status', '0']],
};

/** A call over an HTTP/2 stream: messages with gRPC's prefix, and the status in the trailers. */
export class Http2CallStream implements CallStream {
  readonly #stream: Http2Stream;
  #hasHead = false;

  constructor(stream: Http2Stream) {
    this.#stream = stream;
  }

  get fields(): readonly HeaderField[] {
    return this.#stream.fields;
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

  reply(message: Message): void {
    const parts: Uint8Array[] = [];
    addFramed(parts, message);
    this.#hasHead = true;
    this.#stream.answer({ head: usualAnswer.head, parts, trailers: usualAnswer.trailers });
  }

  send(messages: readonly Message[]): void {
    if (!this.#hasHead) {
      this.#hasHead = true;
      this.#stream.respond(usualAnswer.head);
    }
    const parts: Uint8Array[] = [];
    for (const message of messages) addFramed(parts, message);
    this.#stream.write(parts);
  }

  end(status: Status, options?: RefusalOptions): void {
    if (this.#hasHead) {
      this.#stream.finish(status.code === StatusCode.ok ? usualAnswer.trailers : statusFields(status));
      return;
    }
    this.#stream.respondAndEnd([
      [':status', String(options?.httpStatus ?? 200)],
      ['content-type', 'application/grpc'],
      ...statusFields(status),
      ...Object.entries(options?.headers ?? {}),
    ]);
  }

  drained(bytesMax?: number): Promise<void> {
    return this.#stream.drained(bytesMax);
  }

  hold(bytes: number): void {
    this.#stream.hold(bytes);
  }

  countUseless(bytes: number): void {
    this.#stream.countUseless(bytes);
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }
}

/** Appends a message with its prefix. Its pieces are not copied. */
function addFramed(parts: Uint8Array[], message: Message): void {
  const prefix = Buffer.allocUnsafe(prefixBytes);
  prefix[0] = 0;
  parts.push(prefix);
  let length = 0;
  if (message instanceof Uint8Array) {
    length = message.length;
    parts.push(message);
  } else {
    for (const piece of message) {
      length += piece.length;
      parts.push(piece);
    }
  }
  prefix.writeUInt32BE(length, 1);
}

function statusFields({ code, message }: Status): readonly HeaderField[] {
  const status: HeaderField = ['grpc-status', String(code)];
  return message === '' ? [status] : [status, ['grpc-message', percentEncode(message)]];
}
