import type { MessageTurns } from './message-turns.ts';

/**
 * The messages of a stream, in order. Each is extracted, decompressed and parsed when the handler
 * requests it.
 */
export class IncomingMessages {
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

  parsed<Parsed>(parse: (message: Uint8Array) => Parsed): AsyncIterable<Parsed> {
    // Not a generator, which would keep a message while it waits for the next one.
    return { [Symbol.asyncIterator]: () => ({ next: () => this.#nextParsed(parse) }) };
  }

  async #nextParsed<Parsed>(parse: (message: Uint8Array) => Parsed): Promise<IteratorResult<Parsed, undefined>> {
    for (;;) {
      const turn = this.#turns.next();
      if (turn !== undefined) await turn;
      if (this.#end?.error !== undefined) throw this.#end.error;
      const message = this.#next();
      if (message !== undefined) return { done: false, value: parse(message) };
      if (this.#end !== undefined) return { done: true, value: undefined };
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }
}
