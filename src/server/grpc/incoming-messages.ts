import { serverLimits } from '../server-limits.ts';

/** A stream's messages between their arrival and their handler, in order. */
export class IncomingMessages implements AsyncIterable<Uint8Array> {
  readonly #onRoom: () => void;
  #messages: Uint8Array[] = [];
  #bytes = 0;
  #end: { readonly error: Error | undefined } | undefined;
  #wake: (() => void) | undefined;

  /** `onRoom` is called when the handler has caught up. */
  constructor(onRoom: () => void) {
    this.#onRoom = onRoom;
  }

  /** Whether more wait than should. */
  get isFull(): boolean {
    return this.#bytes > serverLimits.incomingBytesMax;
  }

  push(message: Uint8Array): void {
    this.#messages.push(message);
    this.#bytes += message.length;
    this.#wake?.();
  }

  /** No more will come: an error is thrown to the handler, at once. */
  end(error?: Error): void {
    this.#end ??= { error };
    if (error !== undefined) this.#messages = [];
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, void> {
    for (;;) {
      const messages = this.#messages;
      this.#messages = [];
      for (const message of messages) {
        if (this.#end?.error !== undefined) throw this.#end.error;
        yield message;
      }
      if (messages.length > 0) {
        this.#bytes = this.#messages.reduce((sum, { length }) => sum + length, 0);
        this.#onRoom();
        continue;
      }
      if (this.#end !== undefined) {
        if (this.#end.error !== undefined) throw this.#end.error;
        return;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }
}
