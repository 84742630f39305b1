import { assert } from '../errors.ts';
import { elementHeadBytes, pageBytes, pageHeaderBytes } from './layout.ts';

/** A key followed by its value, as a part of a larger buffer. */
export interface ElementSpan {
  readonly bytes: Buffer;
  readonly start: number;
  readonly keyEnd: number;
  readonly end: number;
}

/** Copies a key and a value into a new buffer. */
export function elementSpan(key: Buffer, value: Buffer): ElementSpan {
  const bytes = Buffer.concat([key, value]);
  return { bytes, start: 0, keyEnd: key.length, end: bytes.length };
}

/**
 * Fills a page with elements: headers from the beginning, keys and values from the end. A header
 * contains the offset of its key, counted from this header.
 */
export class PageWriter {
  readonly #page: Buffer;
  #count = 0;
  #headAt = pageHeaderBytes;
  #keyAt: number;
  #keyEnd = 0;

  /** `page` includes its overflow pages. */
  constructor(page: Buffer) {
    this.#page = page;
    this.#keyAt = page.length;
  }

  /** Adds an element of a leaf. */
  leaf(element: ElementSpan, flags: number): void {
    const head = this.#headAt;
    this.#copy(element);
    this.#page.writeUInt32LE(flags, head);
    this.#page.writeUInt32LE(this.#keyAt - head, head + 4);
    this.#page.writeUInt32LE(element.keyEnd - element.start, head + 8);
    this.#page.writeUInt32LE(element.end - element.keyEnd, head + 12);
  }

  /** Adds an element of a branch: the first key of a child page, without a value. */
  branch(key: ElementSpan, childId: number): void {
    const head = this.#headAt;
    this.#copy(key);
    this.#page.writeUInt32LE(this.#keyAt - head, head);
    this.#page.writeUInt32LE(key.keyEnd - key.start, head + 4);
    writeId(this.#page, childId, head + 8);
  }

  /** Completes the page. No more elements may be added. */
  finish(id: number, kind: number): void {
    this.#page.fill(0, this.#headAt, this.#keyAt);
    writePageHeader(this.#page, { id, kind, count: this.#count });
  }

  #copy({ bytes, start, keyEnd, end }: ElementSpan): void {
    const page = this.#page;
    const at = this.#keyAt - (end - start);
    this.#headAt += elementHeadBytes;
    assert(this.#headAt <= at, 'an element fits into its page');
    assert(
      this.#count === 0 || page.compare(bytes, start, keyEnd, this.#keyAt, this.#keyEnd) < 0,
      'the keys of a bucket come in their order',
    );
    bytes.copy(page, at, start, end);
    this.#keyAt = at;
    this.#keyEnd = at + (keyEnd - start);
    this.#count += 1;
  }
}

/**
 * Writes the header of a page without elements, or of one whose elements are written. `page`
 * includes its overflow pages.
 */
export function writePageHeader(
  page: Buffer,
  { id, kind, count }: { readonly id: number; readonly kind: number; readonly count: number },
): void {
  writeId(page, id, 0);
  page.writeUInt16LE(kind, 8);
  page.writeUInt16LE(count, 10);
  page.writeUInt32LE(Math.max(0, Math.ceil(page.length / pageBytes) - 1), 12);
}

export function writeId(page: Buffer, id: number, at: number): void {
  page.writeUInt32LE(id % 0x1_0000_0000, at);
  page.writeUInt32LE(Math.floor(id / 0x1_0000_0000), at + 4);
}
