import type { MessageTurns } from './message-turns.ts';

/**
 * The messages of a stream, in order. Each is extracted and decompressed when the handler requests
 * it.
 */
export class IncomingMessages implements AsyncIterable<Uint8Array> {
  readonly #next: () => Uint8Array | undefined;
  readonly #turns: MessageTurns;
  #end: { readonly error: Error | undefined } | undefined;
  #wake: (() => void) | undefined;

  /**
   * `next` returns the next whole message that has arrived. Its errors are thrown to the handler.
   */
  constructor(next: () => Uint8Array | undefined, turns: MessageTurns) {
    this.#next = next;
    this.#turns = turns;
  }

  /** Bytes have arrived. */
  arrived(): void {
    this.#wake?.();
  }

  /** No more messages will arrive. An error is thrown to the handler at once. */
  end(error?: Error): void {
    this.#end ??= { error };
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, void> {
    for (;;) {
      const turn = this.#turns.next();
      if (turn !== undefined) await turn;
      if (this.#end?.error !== undefined) throw this.#end.error;
      const message = this.#next();
      if (message !== undefined) {
        yield message;
        continue;
      }
      if (this.#end !== undefined) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }
}
