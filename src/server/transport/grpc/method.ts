/**
 * The seam between the services and whatever carries their bytes. Of the transport, services know these types only. A message is
 * protobuf bytes without gRPC's five-byte prefix.
 */
import type { Origin } from '../connections/origin.ts';

/** One message, whole or in pieces that belong together (a large list is never copied into one buffer). */
export type Message = Uint8Array | readonly Uint8Array[];

/** What a handler may know of its call. To the store it is a `Requester`. */
export interface Call {
  /** The client connection. */
  readonly origin: Origin;
  /** The call has ended, however it did. */
  readonly isGone: boolean;
  /** Aborted when the client cancels, its deadline passes or its connection is gone. Made on first use: it costs. */
  readonly signal: AbortSignal;
  /** Request metadata; names are lower case. */
  metadata(name: string): string | undefined;
  readonly peer: string;
  /** The common name in the client's certificate, where it was verified. It is read on first use. */
  readonly commonName: string | undefined;
  /** What the call is about, for the log of calls that take long: called when it is logged. */
  about(describe: () => string): void;
}

/** The client's messages in order, and the way back. */
export interface MessageStream {
  readonly incoming: AsyncIterable<Uint8Array>;
  /** Queues messages, written together. False: more than the transport likes to hold is waiting, await `drained`. */
  send(messages: readonly Message[]): boolean;
  /** Resolves when what waits has fallen below the mark, or the stream is gone. */
  drained(): Promise<void>;
  /** Bytes queued and not yet taken by the connection. */
  readonly pendingBytes: number;
}

export type Method = { readonly path: string } & (
  | {
      readonly kind: 'unary';
      /** It may take as long as its client wants it to: a server that stops does not wait for it. */
      readonly isOpenEnded?: boolean;
      handle(request: Uint8Array, call: Call): Promise<Message>;
    }
  | { readonly kind: 'serverStream'; handle(request: Uint8Array, stream: MessageStream, call: Call): Promise<void> }
  /** Ends the call with OK when the promise resolves, with its error when it rejects. */
  | { readonly kind: 'bidirectional'; handle(stream: MessageStream, call: Call): Promise<void> }
);
