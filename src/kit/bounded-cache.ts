/** The part of the cache that one entry may take, so that it does not evict all others. */
const entryPartMax = 1 / 8;

interface Entry<Value> {
  readonly value: Value;
  readonly bytes: number;
}

/**
 * A cache of values by texts of clients, bounded by the number of entries and by bytes. The oldest
 * entry is evicted first.
 */
export class BoundedCache<Value> {
  readonly #countMax: number;
  readonly #bytesMax: number;
  /** The oldest first. */
  readonly #entries = new Map<string, Entry<Value>>();
  #bytes = 0;

  constructor({ countMax, bytesMax }: { readonly countMax: number; readonly bytesMax: number }) {
    this.#countMax = countMax;
    this.#bytesMax = bytesMax;
  }

  get(key: string): Value | undefined {
    return this.#entries.get(key)?.value;
  }

  /**
   * Stores a value as the newest entry. `valueBytes`: bytes beside its key. A value that is too
   * large is not stored.
   */
  set(key: string, value: Value, valueBytes = 0): void {
    this.delete(key);
    const bytes = 2 * key.length + valueBytes;
    if (bytes > this.#bytesMax * entryPartMax) return;
    this.#entries.set(ownText(key), { value, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#countMax && this.#bytes <= this.#bytesMax) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }
}

/** A copy, because a part of a text keeps the whole text in memory. */
function ownText(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
