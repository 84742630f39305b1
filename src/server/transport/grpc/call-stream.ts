import type { Origin } from '../../../store/requester.ts';
import type { Status } from '../../replies/status.ts';
import type { Message } from './method.ts';

/** A header's name and value. */
export type HeaderField = readonly [name: string, value: string];

/** What the gRPC layer asks of one HTTP/2 stream. */
export interface HttpStream {
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

/** What happens to a stream. After `onClose` nothing else does. */
export interface HttpStreamListener {
  /** Bytes that are still to come of a message that has begun; 0 between messages, and where its length is not known. */
  readonly missingBytes: number;
  onData(chunk: Buffer): void;
  /** The client has sent all it will send. */
  onEnd(): void;
  /** The stream is over before it was answered: reset, or its connection is gone. */
  onClose(): void;
}
