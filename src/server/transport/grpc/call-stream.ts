import type { Origin } from '../../../kit/origin.ts';
import type { HeaderField } from '../http/header-field.ts';
import type { Message } from './method.ts';
import type { Status } from './status.ts';

/** The stream of a call: an HTTP/2 stream, or a substitute for one. */
export interface CallStream {
  /** The request's headers in order, pseudo-headers first; names are lower case. */
  readonly fields: readonly HeaderField[];
  /** The client, as `address:port`. */
  readonly peer: string;
  /** The address of this server to which the client connected, in the same form. */
  readonly local: string;
  /** The client connection. */
  readonly origin: Origin;
  /** The common name of a verified client certificate. */
  readonly commonName: string | undefined;
  /** Sends a complete answer: headers, one message, and the trailers of the OK status. */
  reply(message: Message): void;
  /** Sends messages. The headers go before the first. */
  send(messages: readonly Message[]): void;
  /**
   * Ends the stream with trailers. If nothing was sent before, the trailers are sent as headers.
   */
  end(status: Status, options?: RefusalOptions): void;
  /** Bytes sent that the connection has not taken yet. */
  readonly pendingBytes: number;
  /**
   * Resolves when at most `bytesMax` wait, by default `outgoingBytesMark`, or the stream has ended.
   */
  drained(bytesMax?: number): Promise<void>;
  /**
   * Sets the bytes of the request that wait until their message is complete or its handler is
   * ready.
   */
  hold(bytes: number): void;
  /**
   * Counts bytes that the server processed without use. If a client continues to cause them, its
   * connection is closed.
   */
  countUseless(bytes: number): void;
  /** Makes the client wait. `resume` lets it continue. */
  pause(): void;
  resume(): void;
}

/** For answers to requests that are not gRPC. */
export interface RefusalOptions {
  readonly httpStatus?: number;
  readonly headers?: Readonly<Record<string, string>>;
}
