import type { Origin } from '../connections/origin.ts';
import type { HeaderField } from '../http/header-field.ts';
import type { Message } from './method.ts';
import type { Status } from './status.ts';

/** What a call runs over: a stream of HTTP/2, or what stands for one. */
export interface CallStream {
  /** The request's headers in order, pseudo-headers first; names are lower case. */
  readonly fields: readonly HeaderField[];
  /** Who sends it: `address:port`. */
  readonly peer: string;
  /** The client connection. */
  readonly origin: Origin;
  /** Of the sender's certificate, where it was verified. */
  readonly commonName: string | undefined;
  /** The whole answer at once: headers, one message, trailers of the OK status. */
  reply(message: Message): void;
  /** Messages; the headers go before the first. */
  send(messages: readonly Message[]): void;
  /** Trailers, or, when nothing was sent before, headers that are trailers. Ends the stream. */
  end(status: Status, options?: RefusalOptions): void;
  /** Bytes sent and not yet taken by the connection. */
  readonly pendingBytes: number;
  /** Resolves when `pendingBytes` has fallen below the mark, or the stream is gone. */
  drained(): Promise<void>;
  /** How many bytes of the request wait here, until they are whole or wanted. */
  hold(bytes: number): void;
  /** The client made the server work on bytes that are of no use. A client that does so without end loses its connection. */
  countUseless(bytes: number): void;
  /** Makes the client wait, and go on. */
  pause(): void;
  resume(): void;
}

/** For answers to what is not a gRPC request. */
export interface RefusalOptions {
  readonly httpStatus?: number;
  readonly headers?: Readonly<Record<string, string>>;
}
