import { etcdError } from '../../errors.ts';
import { limits } from '../../limits.ts';

/**
 * Measures how fast a client reads a stream: the time that the server has waited for the client
 * since the current megabyte began.
 */
export class ClientPace {
  #waitedMs = 0;
  #waitingSinceMs: number | undefined;
  #bytes = 0;
  #source: AsyncGenerator<Buffer> | undefined;
  #isEnded = false;

  /** Milliseconds the server has waited in the current megabyte, which may be incomplete. */
  get waitedMs(): number {
    return this.#waitedMs + this.#currentMs;
  }

  /** Milliseconds since the client last read something; 0 while the server prepares data. */
  get idleMs(): number {
    return this.#currentMs;
  }

  /** Passes chunks on, and measures the time until the next one is requested. */
  async *watch(chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
    this.#source = chunks;
    for await (const chunk of chunks) {
      this.#waitingSinceMs = performance.now();
      yield chunk;
      this.#took(chunk.length);
    }
    if (this.#isEnded) throw etcdError('snapshotNotTaken');
  }

  /** Frees the data that was read ahead, also while the server waits for the client. */
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
