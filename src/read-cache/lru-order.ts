/** A unit of the cache, which is stored and evicted as a whole. */
export interface CacheEntry {
  /** Bytes with keys and overhead. */
  readonly entryBytes: number;
  /** Neighbours in the order of use. */
  older: CacheEntry | undefined;
  newer: CacheEntry | undefined;
}

/** The entries in the order of their last use, and the sum of their bytes. */
export class LruOrder<Item extends CacheEntry> {
  #oldest: Item | undefined;
  #newest: Item | undefined;
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get oldest(): Item | undefined {
    return this.#oldest;
  }

  /** Adds an entry as the newest. */
  add(item: Item): void {
    this.#bytes += item.entryBytes;
    this.#link(item);
  }

  remove(item: Item): void {
    this.#bytes -= item.entryBytes;
    this.#unlink(item);
  }

  /** Marks an entry as used now. */
  touch(item: Item): void {
    if (item === this.#newest) return;
    this.#unlink(item);
    this.#link(item);
  }

  /** Records that an entry grew by some bytes. */
  addBytes(bytes: number): void {
    this.#bytes += bytes;
  }

  clear(): void {
    this.#oldest = undefined;
    this.#newest = undefined;
    this.#bytes = 0;
  }

  #link(item: Item): void {
    item.older = this.#newest;
    item.newer = undefined;
    if (this.#newest === undefined) this.#oldest = item;
    else this.#newest.newer = item;
    this.#newest = item;
  }

  #unlink(item: Item): void {
    const older = item.older as Item | undefined;
    const newer = item.newer as Item | undefined;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    item.older = undefined;
    item.newer = undefined;
  }
}
