import type { Origin } from '../connections/origin.ts';
import type { HeaderField } from '../http/header-field.ts';
import type { StreamListener } from '../http/stream-listener.ts';

/** A request that is not gRPC's, and the way to answer it, whichever version of HTTP carries them. */
export interface WebExchange {
  readonly method: string;
  /** Path and query, as the client sent them. */
  readonly target: string;
  /** The request's headers in order; names are lower case. `host` is among them in HTTP/2 too. */
  readonly fields: readonly HeaderField[];
  /** Who sends it: `address:port`. */
  readonly peer: string;
  /** The client connection. */
  readonly origin: Origin;
  /** In the certificate of a client that was verified; '' when it has none, undefined when nobody was verified. */
  readonly commonName: string | undefined;
  /** Headers that the answer has, whatever it will be. Before `head`. */
  addFields(fields: readonly HeaderField[]): void;
  /** The answer's status and headers. */
  head(status: number, fields: readonly HeaderField[]): void;
  /** A part of its body. */
  write(bytes: Uint8Array): void;
  /** Its end; trailers are those that the header `trailer` announced. */
  end(trailers?: readonly HeaderField[]): void;
  /** The connection is of no use after this answer: the rest of the request is not read. Before `head`. */
  endConnection(): void;
  /** Resolves when all of the answer is on its way, or the client is gone. */
  whenSent(): Promise<void>;
  /** Bytes written and not yet taken by the connection. */
  readonly pendingBytes: number;
  /** Resolves when they have fallen below the connection's mark, or the client is gone. */
  drained(): Promise<void>;
  /** Makes the client wait with the rest of its request, and go on. */
  pause(): void;
  resume(): void;
}

/** Takes a request; what it returns is told of its body, and of its client going away. */
export type WebHandler = (exchange: WebExchange) => StreamListener | undefined;
