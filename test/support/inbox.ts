import { RpcError } from './rpc-error.ts';

interface Waiter<T> {
  readonly wanted: (message: T) => boolean;
  readonly resolve: (message: T) => void;
  readonly reject: (error: Error) => void;
}

/** The messages of a stream in order of arrival, until they are taken. */
export class Inbox<T> {
  readonly #messages: T[] = [];
  readonly #waiters: Waiter<T>[] = [];
  #end: Error | undefined;

  /** Messages that arrived and were not taken yet. */
  get waiting(): readonly T[] {
    return this.#messages;
  }

  /** The reason why no more messages will come. Undefined while they may come. */
  get ended(): Error | undefined {
    return this.#end;
  }

  deliver(message: T): void {
    const index = this.#waiters.findIndex((waiter) => waiter.wanted(message));
    const [waiter] = index === -1 ? [] : this.#waiters.splice(index, 1);
    if (waiter === undefined) this.#messages.push(message);
    else waiter.resolve(message);
  }

  close(reason: Error): void {
    this.#end ??= reason;
    for (const waiter of this.#waiters.splice(0)) waiter.reject(this.#end);
  }

  /**
   * Takes the first message that `wanted` accepts and leaves the others. Rejects at the end of the
   * stream and after `timeoutMs`.
   */
  async take(wanted: (message: T) => boolean, timeoutMs: number): Promise<T> {
    const index = this.#messages.findIndex(wanted);
    if (index !== -1) return this.#messages.splice(index, 1)[0] as T;
    if (this.#end !== undefined) throw this.#end;
    return new Promise((resolve, reject) => {
      const waiter: Waiter<T> = { wanted, resolve: settled(resolve), reject: settled(reject) };
      const timer = setTimeout(() => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        reject(new Error(`no such message within ${timeoutMs} ms; ${this.#messages.length} others are waiting`));
      }, timeoutMs);
      function settled<V>(settle: (value: V) => void): (value: V) => void {
        return (value) => {
          clearTimeout(timer);
          settle(value);
        };
      }
      this.#waiters.push(waiter);
    });
  }

  /**
   * Waits for the end of the stream. Returns its error, or undefined if the server ended it
   * normally.
   */
  async end(timeoutMs: number): Promise<RpcError | undefined> {
    const deadline = Date.now() + timeoutMs;
    while (this.#end === undefined) {
      if (Date.now() > deadline) throw new Error(`the stream did not end within ${timeoutMs} ms`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return this.#end instanceof RpcError ? this.#end : undefined;
  }
}
