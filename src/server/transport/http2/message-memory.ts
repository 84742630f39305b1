import { transportLimits } from '../transport-limits.ts';

/** Memory for messages that are larger than a stream's window, of all connections together. */
export class MessageMemory {
  #bytes = 0;
  readonly #waiting = new Set<() => void>();

  /** Whether this many more bytes are free. */
  fits(bytes: number): boolean {
    return this.#bytes + bytes <= transportLimits.reservedBytesMax;
  }

  take(bytes: number): void {
    this.#bytes += bytes;
  }

  giveBack(bytes: number): void {
    this.#bytes -= bytes;
    const wakes = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of wakes) wake();
  }

  /** Calls back once, when memory was released. */
  onceFreed(wake: () => void): void {
    this.#waiting.add(wake);
  }

  /** The waiting connection has closed. */
  forget(wake: () => void): void {
    this.#waiting.delete(wake);
  }
}
