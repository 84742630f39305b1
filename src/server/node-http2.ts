import {
  constants,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { GrpcServer } from './grpc/grpc-server.ts';
import type { HttpStream, RefusalOptions } from './grpc/http-stream.ts';
import { percentEncode } from './grpc/percent-encode.ts';
import { serverLimits } from './server-limits.ts';
import type { Status } from './status.ts';
import type { Message } from './transport.ts';

/** An HTTP/2 server over node's own, for sockets that are handed to it. */
export function nodeHttp2(grpc: GrpcServer, { maxConcurrentStreams }: { maxConcurrentStreams: number }): Http2Server {
  const server = createServer({ settings: { maxConcurrentStreams, initialWindowSize: 1 << 20 } });
  server.on('stream', (stream, headers) => {
    const adapter = new NodeStream(stream, headers);
    stream.on('error', () => undefined);
    const listener = grpc.accept(adapter);
    if (listener === undefined) {
      stream.resume();
      return;
    }
    stream.on('data', (chunk: Buffer) => listener.onData(chunk));
    stream.on('end', () => listener.onEnd());
    stream.on('close', () => listener.onClose());
  });
  return server;
}

class NodeStream implements HttpStream {
  readonly #stream: ServerHttp2Stream;
  readonly #headers: IncomingHttpHeaders;

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders) {
    this.#stream = stream;
    this.#headers = headers;
  }

  header(name: string): string | undefined {
    const value = this.#headers[name];
    return Array.isArray(value) ? value.join(',') : value;
  }

  get peer(): string {
    const socket = this.#stream.session?.socket;
    return `${socket?.remoteAddress}:${socket?.remotePort}`;
  }

  reply(message: Message): void {
    this.send([message]);
    this.end({ code: 0, message: '' });
  }

  send(messages: readonly Message[]): void {
    const stream = this.#stream;
    if (stream.destroyed || stream.closed) return;
    if (!stream.headersSent) {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    }
    stream.cork();
    for (const message of messages) {
      const pieces = message instanceof Uint8Array ? [message] : message;
      const prefix = Buffer.alloc(5);
      prefix.writeUInt32BE(
        pieces.reduce((sum, piece) => sum + piece.length, 0),
        1,
      );
      stream.write(prefix);
      for (const piece of pieces) stream.write(piece);
    }
    stream.uncork();
  }

  end({ code, message }: Status, { httpStatus = 200, headers = {} }: RefusalOptions = {}): void {
    const stream = this.#stream;
    if (stream.destroyed || stream.closed) return;
    const trailers: Record<string, string> = { 'grpc-status': String(code), ...headers };
    if (message !== '') trailers['grpc-message'] = percentEncode(message);
    if (stream.headersSent) {
      stream.on('wantTrailers', () => stream.sendTrailers(trailers));
      stream.end();
      return;
    }
    const head = { ':status': httpStatus, 'content-type': 'application/grpc', ...trailers };
    stream.respond(head, { endStream: true });
    stream.close(constants.NGHTTP2_NO_ERROR);
  }

  get pendingBytes(): number {
    return this.#stream.bufferSize;
  }

  async drained(): Promise<void> {
    const stream = this.#stream;
    while (!stream.destroyed && stream.bufferSize > serverLimits.outgoingBytesMark) {
      await new Promise((resolve) => {
        stream.once('drain', resolve);
        stream.once('close', resolve);
      });
    }
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }
}
