import type { ResponseMessage } from './response-encoder.ts';

/** What carries a stream's responses to its client: the transport's `MessageStream`, as far as watches need it. */
export interface WatchStream {
  /** Queues responses, written together. Whatever it answers, `pendingBytes` decides. */
  send(messages: readonly ResponseMessage[]): boolean;
  /** Resolves when little waits, or the stream is gone. */
  drained(): Promise<void>;
  /** Bytes queued and not yet taken by the connection. */
  readonly pendingBytes: number;
}
