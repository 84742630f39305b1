/** Takes pages in the order of their ids, and hands them on in chunks. */
import { pageBytes } from './layout.ts';

/** Bytes of a chunk. A page that is longer is a chunk of its own. */
const chunkBytes = 128 * 1024;

/** Room for a page, however many it counts as. */
export interface AllottedPage {
  readonly id: number;
  readonly page: Buffer;
}

export class PageSink {
  #chunk = Buffer.alloc(0);
  #used = 0;
  #nextId = 0;
  #full: Buffer[] = [];

  /** The id that the next page will have; the number of pages so far. */
  get nextId(): number {
    return this.#nextId;
  }

  /** Room for so many pages that are one, to be filled whole before the next is asked for. */
  allot(pageCount: number): AllottedPage {
    const bytes = pageCount * pageBytes;
    if (this.#used + bytes > this.#chunk.length) this.#begin(Math.max(bytes, chunkBytes));
    const page = this.#chunk.subarray(this.#used, this.#used + bytes);
    this.#used += bytes;
    const id = this.#nextId;
    this.#nextId += pageCount;
    return { id, page };
  }

  /** The chunks that are full since the last call. */
  takeFull(): readonly Buffer[] {
    const full = this.#full;
    this.#full = [];
    return full;
  }

  /** The same with the last one, however full. */
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
