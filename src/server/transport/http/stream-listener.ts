/** Receives the events of a request after its headers. `onClose` is the last event. */
export interface StreamListener {
  /**
   * The missing bytes of a message that has begun. 0 between messages, and if the length is
   * unknown.
   */
  readonly missingBytes: number;
  /** Whether the request has arrived and stays in memory until it is answered. */
  readonly keepsRequest: boolean;
  onData(chunk: Buffer): void;
  /** The client has sent its last byte. */
  onEnd(): void;
  /** The stream ended before it was answered: it was reset, or its connection closed. */
  onClose(): void;
}
