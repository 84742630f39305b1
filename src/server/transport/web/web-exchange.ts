import type { Origin } from '../../../kit/origin.ts';
import type { HeaderField } from '../http/header-field.ts';
import type { StreamListener } from '../http/stream-listener.ts';

/** A request that is not gRPC, and its answer, over any version of HTTP. */
export interface WebExchange {
  readonly method: string;
  /** Path and query, as the client sent them. */
  readonly target: string;
  /** The headers of the request in order; names are lower case. `host` is present in HTTP/2 too. */
  readonly fields: readonly HeaderField[];
  /** The client, as `address:port`. */
  readonly peer: string;
  /** The address of this server to which the client connected, in the same form. */
  readonly local: string;
  /** The client connection. */
  readonly origin: Origin;
  /**
   * The common name in a verified client certificate. Empty if the certificate has none; undefined
   * if no certificate was verified.
   */
  readonly commonName: string | undefined;
  /** Adds headers to the answer, whatever its status is. Call it before `head`. */
  addFields(fields: readonly HeaderField[]): void;
  /** Sends the status and the headers of the answer. */
  head(status: number, fields: readonly HeaderField[]): void;
  /** Sends a part of the body. */
  write(bytes: Uint8Array): void;
  /** Ends the body. The trailers must be announced in the header `trailer`. */
  end(trailers?: readonly HeaderField[]): void;
  /**
   * The connection closes after this answer, and the rest of the request is not read. Call it
   * before `head`.
   */
  endConnection(): void;
  /** Resolves when the whole answer is on its way, or the client has closed the connection. */
  whenSent(): Promise<void>;
  /** Bytes written that the connection has not taken yet. */
  readonly pendingBytes: number;
  /**
   * Resolves when the pending bytes have fallen below the connection's mark, or the client has
   * closed the connection.
   */
  drained(): Promise<void>;
  /** Makes the client wait with the rest of its request. `resume` lets it continue. */
  pause(): void;
  resume(): void;
}

/** Takes a request. The result receives its body, and the end of its client's connection. */
export type WebHandler = (exchange: WebExchange) => StreamListener | undefined;
