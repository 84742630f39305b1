import { etcdError } from '../errors.ts';
import { limits } from '../limits.ts';

/** How fast a client takes what it is sent: the time it has let the server wait, since it began to take the current megabyte. */
export class ClientPace {
  #waitedMs = 0;
  #waitingSinceMs: number | undefined;
  #bytes = 0;
  #source: AsyncGenerator<Buffer> | undefined;
  #isEnded = false;

  /** Of the current megabyte, which may not be whole. */
  get waitedMs(): number {
    return this.#waitedMs + this.#currentMs;
  }

  /** Since it took something. */
  get idleMs(): number {
    return this.#currentMs;
  }

  /** Passes chunks on, and watches how long it takes until the next is asked for. */
  async *watch(chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
    this.#source = chunks;
    for await (const chunk of chunks) {
      this.#waitingSinceMs = performance.now();
      yield chunk;
      this.#took(chunk.length);
    }
    if (this.#isEnded) throw etcdError('snapshotNotTaken');
  }

  /** Frees what has been read ahead, also while the client lets the server wait. */
  end(): void {
    this.#isEnded = true;
    void this.#source?.return(undefined);
  }

  get #currentMs(): number {
    return this.#waitingSinceMs === undefined ? 0 : performance.now() - this.#waitingSinceMs;
  }

  #took(bytes: number): void {
    this.#waitedMs += this.#currentMs;
    this.#waitingSinceMs = undefined;
    this.#bytes += bytes;
    if (this.#bytes < limits.snapshotPaceBytes) return;
    this.#bytes = 0;
    this.#waitedMs = 0;
  }
}
