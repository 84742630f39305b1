/** What happens to a request after its headers. After `onClose` nothing else does. */
export interface StreamListener {
  /** Bytes that are still to come of a message that has begun; 0 between messages, and where its length is not known. */
  readonly missingBytes: number;
  onData(chunk: Buffer): void;
  /** The client has sent all it will send. */
  onEnd(): void;
  /** The stream is over before it was answered: reset, or its connection is gone. */
  onClose(): void;
}
