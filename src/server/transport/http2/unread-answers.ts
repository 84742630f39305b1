import { transportLimits } from '../transport-limits.ts';

/**
 * Answers that clients have not read, for all connections together: in the queues of their streams,
 * or written to a socket that the operating system does not empty. While there are few, a
 * connection may have some megabytes of them. When there are many, only connections with few of
 * them get further reads. Many slow clients hold no more memory than one.
 */
export class UnreadAnswers {
  #bytes = 0;
  readonly #waiting = new Set<() => void>();

  /** Bytes of all connections. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds bytes. A negative number removes bytes that were read. */
  add(bytes: number): void {
    this.#bytes += bytes;
    if (bytes < 0 && this.#waiting.size > 0 && !this.#areMany) this.#wakeAll();
  }

  /** Whether a connection with this many unread bytes should get no further reads. */
  isBackedUp(connectionBytes: number): boolean {
    if (connectionBytes > transportLimits.connectionUnreadBytesMax) return true;
    return this.#areMany && connectionBytes > transportLimits.connectionUnreadBytesMin;
  }

  /** Whether nothing should be read from a connection with this many bytes in its output. */
  isOverfull(outputBytes: number): boolean {
    const { connectionOutputBytesMax, connectionUnreadBytesMin } = transportLimits;
    if (outputBytes <= connectionUnreadBytesMin) return false;
    return this.#areMany || outputBytes > connectionOutputBytesMax;
  }

  /** Calls back once, when few bytes are unread again. */
  onceFew(wake: () => void): void {
    this.#waiting.add(wake);
  }

  /** The waiting connection has closed. */
  forget(wake: () => void): void {
    this.#waiting.delete(wake);
  }

  get #areMany(): boolean {
    return this.#bytes > transportLimits.unreadBytesMax;
  }

  #wakeAll(): void {
    const wakes = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of wakes) wake();
  }
}
