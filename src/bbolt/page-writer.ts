import { assert } from '../errors.ts';
import { elementHeadBytes, pageBytes, pageHeaderBytes } from './layout.ts';

/** A key, and right after it its value: a stretch of a larger buffer. */
export interface ElementSpan {
  readonly bytes: Buffer;
  readonly start: number;
  readonly keyEnd: number;
  readonly end: number;
}

/** A key and a value in a buffer of their own. */
export function elementSpan(key: Buffer, value: Buffer): ElementSpan {
  const bytes = Buffer.concat([key, value]);
  return { bytes, start: 0, keyEnd: key.length, end: bytes.length };
}

/**
 * Fills a page as its elements come, however many: the heads from its beginning, keys and values from its end. A head says where its key begins, counted from that head.
 */
export class PageWriter {
  readonly #page: Buffer;
  #count = 0;
  #headAt = pageHeaderBytes;
  #keyAt: number;
  #keyEnd = 0;

  /** `page` is as long as all pages it takes. */
  constructor(page: Buffer) {
    this.#page = page;
    this.#keyAt = page.length;
  }

  /** An element of a leaf. */
  leaf(element: ElementSpan, flags: number): void {
    const head = this.#headAt;
    this.#copy(element);
    this.#page.writeUInt32LE(flags, head);
    this.#page.writeUInt32LE(this.#keyAt - head, head + 4);
    this.#page.writeUInt32LE(element.keyEnd - element.start, head + 8);
    this.#page.writeUInt32LE(element.end - element.keyEnd, head + 12);
  }

  /** An element of a page above: the first key of another page, without a value. */
  branch(key: ElementSpan, childId: number): void {
    const head = this.#headAt;
    this.#copy(key);
    this.#page.writeUInt32LE(this.#keyAt - head, head);
    this.#page.writeUInt32LE(key.keyEnd - key.start, head + 4);
    writeId(this.#page, childId, head + 8);
  }

  /** Nothing more may be added. */
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

/** A page without elements, or one whose elements are written: `page` is as long as all pages it takes. */
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
