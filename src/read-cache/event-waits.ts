import type { RowId } from '../mvcc/ids.ts';
import { cacheLimits } from './cache-limits.ts';

interface Wait {
  readonly id: RowId;
  readonly endMs: number;
  resolve(): void;
}

/** Reads that wait a short time for events that are about to arrive. */
export class EventWaits {
  /** The oldest first. */
  readonly #waits = new Set<Wait>();
  #timer: NodeJS.Timeout | undefined;

  /** Resolves when `reached` is called with this id or a later one, or after `waitMsMax`. */
  wait(id: RowId): Promise<void> {
    return new Promise((resolve) => {
      this.#waits.add({ id, endMs: performance.now() + cacheLimits.waitMsMax, resolve });
      this.#timer ??= setTimeout(() => this.#endOldest(), cacheLimits.waitMsMax);
    });
  }

  reached(id: RowId): void {
    for (const wait of this.#waits) if (wait.id <= id) this.#end(wait);
  }

  endAll(): void {
    for (const wait of this.#waits) this.#end(wait);
  }

  #endOldest(): void {
    this.#timer = undefined;
    const nowMs = performance.now();
    for (const wait of this.#waits) {
      if (wait.endMs > nowMs) {
        this.#timer = setTimeout(() => this.#endOldest(), wait.endMs - nowMs);
        return;
      }
      this.#end(wait);
    }
  }

  #end(wait: Wait): void {
    this.#waits.delete(wait);
    wait.resolve();
    if (this.#waits.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
