import { assert } from '../errors.ts';
import { PageKind, pageBytes } from './layout.ts';
import { PageFill } from './page-fill.ts';
import type { AllocatedPage, PageSink } from './page-sink.ts';
import { type ElementSpan, elementSpan, PageWriter } from './page-writer.ts';

/** The bytes that an element is measured with. */
export interface ElementBytes {
  readonly keyBytes: number;
  readonly valueBytes: number;
}

/** A page that is being filled. */
interface OpenPage {
  readonly writer: PageWriter;
  readonly bytes: Buffer;
  /** Undefined: it is allocated when the page is full. */
  readonly allocated: AllocatedPage | undefined;
}

interface Level {
  readonly fill: PageFill;
  page: OpenPage | undefined;
  /** Without a value. */
  firstKey: ElementSpan;
  firstKeyBytes: number;
}

/**
 * Writes the tree of a bucket from the bottom up. The elements must come in the order of their
 * keys. A full page is passed on; only its first key and its id are kept, in the page above. So one
 * page a level is held.
 */
export class TreeWriter {
  readonly #sink: PageSink;
  readonly #flags: number;
  readonly #levels: Level[] = [];

  /** `flags`: flags of every element. */
  constructor(sink: PageSink, flags = 0) {
    this.#sink = sink;
    this.#flags = flags;
  }

  /** `measured`: the bytes with which the element was measured, if these are more than its own. */
  add(element: ElementSpan, measured: ElementBytes = ownBytes(element)): void {
    const { start, keyEnd, end } = element;
    assert(
      keyEnd - start <= measured.keyBytes && end - keyEnd <= measured.valueBytes,
      'an element has at most the measured bytes',
    );
    this.#pageFor(0, measured, element).leaf(element, this.#flags);
  }

  /** Completes the tree and returns the id of its root page. No more elements may be added. */
  finish(): number {
    this.#levelAt(0);
    for (let level = 0; level < this.#levels.length - 1; level += 1) this.#close(level);
    return this.#passOn(this.#levels.length - 1);
  }

  /** The page for an element: the open page if the element fits, or else a new one. */
  #pageFor(level: number, { keyBytes, valueBytes }: ElementBytes, { bytes, start, keyEnd }: ElementSpan): PageWriter {
    const open = this.#levelAt(level);
    if (!open.fill.fits(keyBytes + valueBytes)) this.#close(level);
    if (open.fill.count === 0) {
      open.firstKey = elementSpan(bytes.subarray(start, keyEnd), noBytes);
      open.firstKeyBytes = keyBytes;
    }
    open.fill.add(keyBytes + valueBytes);
    return this.#openPage(level).writer;
  }

  #openPage(level: number): OpenPage {
    const open = this.#levelAt(level);
    if (open.page !== undefined) return open.page;
    const { pageCount } = open.fill;
    // Only the leaf that is being filled is allocated at once. While a branch is being filled,
    // leaves below it are written.
    const allocated = level === 0 ? this.#sink.allocate(pageCount) : undefined;
    const bytes = allocated?.page ?? Buffer.alloc(pageCount * pageBytes);
    open.page = { writer: new PageWriter(bytes), bytes, allocated };
    return open.page;
  }

  #close(level: number): void {
    const { firstKey, firstKeyBytes } = this.#levelAt(level);
    const id = this.#passOn(level);
    this.#pageFor(level + 1, { keyBytes: firstKeyBytes, valueBytes: 0 }, firstKey).branch(firstKey, id);
  }

  #passOn(level: number): number {
    const open = this.#levelAt(level);
    const { writer, allocated, bytes } = this.#openPage(level);
    const { id, page } = allocated ?? this.#sink.allocate(open.fill.pageCount);
    writer.finish(id, level === 0 ? PageKind.leaf : PageKind.branch);
    if (page !== bytes) bytes.copy(page);
    open.fill.clear();
    open.page = undefined;
    return id;
  }

  #levelAt(level: number): Level {
    let open = this.#levels[level];
    if (open === undefined) {
      open = { fill: new PageFill(), page: undefined, firstKey: noKey, firstKeyBytes: 0 };
      this.#levels[level] = open;
    }
    return open;
  }
}

const noBytes = Buffer.alloc(0);
const noKey = elementSpan(noBytes, noBytes);

function ownBytes({ start, keyEnd, end }: ElementSpan): ElementBytes {
  return { keyBytes: keyEnd - start, valueBytes: end - keyEnd };
}
