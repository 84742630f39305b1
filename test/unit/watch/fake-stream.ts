import type { WatchStream } from '../../../src/watch/watch-stream.ts';
import { WatchResponse } from '../../../src/wire/generated/etcdserverpb/watch.ts';

/**
 * The client's end of a stream: reads everything at once, or only as many bytes as the test allows.
 */
export class FakeStream implements WatchStream {
  readonly responses: WatchResponse[] = [];
  /** Calls of `send`. */
  sendCount = 0;
  isSlow = false;
  pendingBytesSeen = 0;
  /** The memory that the watches use. */
  keptBytes = 0;
  #waiting: number[] = [];
  #onDrain: { readonly bytesMax: number; readonly resolve: () => void }[] = [];

  get pendingBytes(): number {
    return this.#waiting.reduce((sum, bytes) => sum + bytes, 0);
  }

  send(messages: readonly (readonly Uint8Array[])[]): boolean {
    this.sendCount += 1;
    for (const pieces of messages) {
      const bytes = Buffer.concat(pieces);
      this.responses.push(WatchResponse.decode(bytes));
      if (this.isSlow) this.#waiting.push(bytes.length);
    }
    this.pendingBytesSeen = Math.max(this.pendingBytesSeen, this.pendingBytes);
    return this.pendingBytes === 0;
  }

  keep(bytes: number): void {
    this.keptBytes += bytes;
  }

  async drained(bytesMax: number): Promise<void> {
    if (this.pendingBytes > bytesMax) await new Promise<void>((resolve) => this.#onDrain.push({ bytesMax, resolve }));
  }

  /** The client reads this number of responses. */
  take(count: number): void {
    this.#waiting.splice(0, count);
    for (const waiter of this.#onDrain.splice(0)) {
      if (this.pendingBytes <= waiter.bytesMax) waiter.resolve();
      else this.#onDrain.push(waiter);
    }
  }

  takeAll(): void {
    this.isSlow = false;
    this.take(Number.POSITIVE_INFINITY);
  }
}
