import { transportLimits } from '../transport-limits.ts';

/**
 * Answers that clients do not read, of all connections together. While there are few, a connection may have some megabytes of them; when there are
 * many, only connections that have little get further reads, so that many slow readers together hold as much as one.
 */
export class UnreadAnswers {
  #bytes = 0;
  readonly #waiting = new Set<() => void>();

  /** Counts bytes, or answers that were read, when negative. */
  add(bytes: number): void {
    this.#bytes += bytes;
    if (bytes < 0 && this.#waiting.size > 0 && !this.#areMany) this.#wakeAll();
  }

  /** Whether a connection with so many unread bytes should get no further reads. */
  isBackedUp(connectionBytes: number): boolean {
    if (connectionBytes > transportLimits.connectionUnreadBytesMax) return true;
    return this.#areMany && connectionBytes > transportLimits.connectionUnreadBytesMin;
  }

  /** Calls back once, when there are few again. */
  onceFew(wake: () => void): void {
    this.#waiting.add(wake);
  }

  /** Who waits is gone. */
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
