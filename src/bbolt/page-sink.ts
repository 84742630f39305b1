/** Collects pages in the order of their ids, and returns them in chunks. */
import { pageBytes } from './layout.ts';

/** Bytes of a chunk. A longer page is a chunk by itself. */
const chunkBytes = 128 * 1024;

/** The memory of a page with its overflow pages. */
export interface AllocatedPage {
  readonly id: number;
  readonly page: Buffer;
}

export class PageSink {
  #chunk = Buffer.alloc(0);
  #used = 0;
  #nextId = 0;
  #full: Buffer[] = [];

  /** The id of the next page, which is the number of pages so far. */
  get nextId(): number {
    return this.#nextId;
  }

  /** Allocates a page with its overflow pages. The caller must fill it before the next call. */
  allocate(pageCount: number): AllocatedPage {
    const bytes = pageCount * pageBytes;
    if (this.#used + bytes > this.#chunk.length) this.#begin(Math.max(bytes, chunkBytes));
    const page = this.#chunk.subarray(this.#used, this.#used + bytes);
    this.#used += bytes;
    const id = this.#nextId;
    this.#nextId += pageCount;
    return { id, page };
  }

  /** The chunks that became full since the last call. */
  takeFull(): readonly Buffer[] {
    const full = this.#full;
    this.#full = [];
    return full;
  }

  /** All remaining chunks, including the last one, which may not be full. */
  takeAll(): readonly Buffer[] {
    this.#begin(0);
    return this.takeFull();
  }

  #begin(bytes: number): void {
    if (this.#used > 0) this.#full.push(this.#chunk.subarray(0, this.#used));
    this.#chunk = Buffer.allocUnsafeSlow(bytes);
    this.#used = 0;
  }
}
