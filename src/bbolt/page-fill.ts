/**
 * Counts how full a page is. Measuring and writing use the same rules, so both arrive at the same
 * pages.
 */
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

  /** Pages that it takes. An element larger than a page adds overflow pages. */
  get pageCount(): number {
    return Math.ceil(this.#bytes / pageBytes);
  }

  /** Whether an element fits into the pages already taken. The first element always fits. */
  fits(elementBytes: number): boolean {
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
