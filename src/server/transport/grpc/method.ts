import type { Origin } from '../../../kit/origin.ts';
import type { Trace } from '../../../kit/trace.ts';
/**
 * The interface between the services and the transport. Services use only these types of the
 * transport. A message is protobuf bytes without gRPC's five-byte prefix.
 */

/** One message, whole or in pieces, so that a large list is never copied into one buffer. */
export type Message = Uint8Array | readonly Uint8Array[];

/** The data of a call that its handler may use. For the store it is a `Requester`. */
export interface Call {
  /** The client connection. */
  readonly origin: Origin;
  /** The call has ended, with or without success. */
  readonly isGone: boolean;
  /** Undefined: the call is not traced. */
  readonly trace?: Trace | undefined;
  /**
   * Aborted when the client cancels, its deadline passes or its connection closes. Created on first
   * use, because it is expensive.
   */
  readonly signal: AbortSignal;
  /** Request metadata, the first of repeated values; names are lower case. */
  metadata(name: string): string | undefined;
  readonly peer: string;
  /** The common name of a verified client certificate. Read on first use. */
  readonly commonName: string | undefined;
  /**
   * Sets the description of the call for the log of slow calls. `describe` is called only if the
   * call is logged.
   */
  about(describe: () => string): void;
}

/** The client's messages in order, and a way to send messages to the client. */
export interface MessageStream {
  /**
   * The messages, parsed. A message is a view of everything that arrived with it, and a handler
   * keeps the last one while it waits for the next. So `parse` copies the bytes that it returns.
   */
  incoming<Parsed>(parse: (message: Uint8Array) => Parsed): AsyncIterable<Parsed>;
  /**
   * Queues messages, which are written together. False: the transport holds too many bytes; await
   * `drained`.
   */
  send(messages: readonly Message[]): boolean;
  /**
   * Resolves when at most `bytesMax` wait, by default the bytes that make `send` return false, or
   * the stream has ended. The gateway resolves when nothing waits.
   */
  drained(bytesMax?: number): Promise<void>;
  /**
   * Counts memory that the handler keeps of the client's messages until the stream ends. A negative
   * number releases it. A connection that keeps too much is closed.
   */
  keep(bytes: number): void;
  /** Bytes queued and not yet taken by the connection. */
  readonly pendingBytes: number;
}

export type Method = { readonly path: string } & (
  | {
      readonly kind: 'unary';
      /**
       * The call may take as long as its client chooses, so a server that stops does not wait for
       * it.
       */
      readonly isOpenEnded?: boolean;
      handle(request: Uint8Array, call: Call): Promise<Message>;
    }
  | { readonly kind: 'serverStream'; handle(request: Uint8Array, stream: MessageStream, call: Call): Promise<void> }
  /** The call ends with OK when the promise resolves, and with the error when it rejects. */
  | { readonly kind: 'bidirectional'; handle(stream: MessageStream, call: Call): Promise<void> }
);
