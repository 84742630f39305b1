/** How full a page under construction is. What is measured and what is written ask the same questions, and come to the same pages. */
import { elementHeadBytes, pageBytes, pageHeaderBytes } from './layout.ts';

export class PageFill {
  #count = 0;
  #bytes = pageHeaderBytes;

  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Pages it takes: an element larger than one makes it longer. */
  get pageCount(): number {
    return Math.ceil(this.#bytes / pageBytes);
  }

  /** Whether an element fits into what the page takes anyway. The first one always does. */
  takes(elementBytes: number): boolean {
    return this.#count === 0 || this.#bytes + elementHeadBytes + elementBytes <= this.pageCount * pageBytes;
  }

  add(elementBytes: number): void {
    this.#count += 1;
    this.#bytes += elementHeadBytes + elementBytes;
  }

  clear(): void {
    this.#count = 0;
    this.#bytes = pageHeaderBytes;
  }
}
