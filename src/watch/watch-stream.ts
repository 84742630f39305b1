import type { ResponseMessage } from './response-encoder.ts';

/**
 * The part of the transport's `MessageStream` that watches need: it carries the responses of a
 * stream to its client.
 */
export interface WatchStream {
  /**
   * Queues responses, which are written together. The result is ignored: `pendingBytes` decides.
   */
  send(messages: readonly ResponseMessage[]): boolean;
  /** Resolves when at most `bytesMax` wait, or the stream is closed. */
  drained(bytesMax: number): Promise<void>;
  /** Counts memory that the watches of the stream use. A negative number releases it. */
  keep(bytes: number): void;
  /** Bytes that are queued and not yet taken by the connection. */
  readonly pendingBytes: number;
}
