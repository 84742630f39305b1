import { transportLimits } from '../transport-limits.ts';

/**
 * Limits how long handlers of streams take messages without a return to the event loop. When all
 * handlers together reach the limit, the others wait for the next turn of the event loop, in their
 * order.
 */
export class MessageTurns {
  #beganMs: number | undefined;
  readonly #waiting: (() => void)[] = [];
  readonly #turnLater = () => this.#turn();
  readonly #wakeLater = () => this.#wakeNext();

  /** Undefined: take the next message now. Otherwise take it when the promise resolves. */
  next(): Promise<void> | undefined {
    if (this.#beganMs === undefined) {
      this.#beganMs = performance.now();
      setImmediate(this.#turnLater);
      return undefined;
    }
    if (this.#waiting.length === 0 && !this.#isLong) return undefined;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  get #isLong(): boolean {
    return this.#beganMs !== undefined && performance.now() - this.#beganMs > transportLimits.messageTurnMs;
  }

  #turn(): void {
    this.#beganMs = undefined;
    if (this.#waiting.length === 0) return;
    this.#beganMs = performance.now();
    setImmediate(this.#turnLater);
    this.#wakeNext();
  }

  /**
   * The woken handler takes its message in the microtask before the one that wakes the next
   * handler.
   */
  #wakeNext(): void {
    if (this.#isLong) return;
    const wake = this.#waiting.shift();
    if (wake === undefined) return;
    wake();
    queueMicrotask(this.#wakeLater);
  }
}
