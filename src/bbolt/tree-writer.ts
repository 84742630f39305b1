import { assert } from '../errors.ts';
import { PageKind, pageBytes } from './layout.ts';
import { PageFill } from './page-fill.ts';
import type { AllottedPage, PageSink } from './page-sink.ts';
import { type ElementSpan, elementSpan, PageWriter } from './page-writer.ts';

/** The bytes that an element is measured with. */
export interface ElementRoom {
  readonly keyBytes: number;
  readonly valueBytes: number;
}

/** A page that is being filled. */
interface OpenPage {
  readonly writer: PageWriter;
  readonly bytes: Buffer;
  /** Undefined: it is allocated when the page is full. */
  readonly place: AllottedPage | undefined;
}

interface Level {
  readonly fill: PageFill;
  page: OpenPage | undefined;
  /** Without a value. */
  firstKey: ElementSpan;
  firstKeyRoom: number;
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

  /** `room`: the bytes with which the element was measured, if these are more than its own. */
  add(element: ElementSpan, room: ElementRoom = ownRoom(element)): void {
    const { start, keyEnd, end } = element;
    assert(keyEnd - start <= room.keyBytes && end - keyEnd <= room.valueBytes, 'an element fits into its room');
    this.#pageFor(0, room, element).leaf(element, this.#flags);
  }

  /** Completes the tree and returns the id of its root page. No more elements may be added. */
  finish(): number {
    this.#levelAt(0);
    for (let level = 0; level < this.#levels.length - 1; level += 1) this.#close(level);
    return this.#give(this.#levels.length - 1);
  }

  /** The page for an element: the open page if the element fits, or else a new one. */
  #pageFor(level: number, { keyBytes, valueBytes }: ElementRoom, { bytes, start, keyEnd }: ElementSpan): PageWriter {
    const open = this.#levelAt(level);
    if (!open.fill.takes(keyBytes + valueBytes)) this.#close(level);
    if (open.fill.count === 0) {
      open.firstKey = elementSpan(bytes.subarray(start, keyEnd), noBytes);
      open.firstKeyRoom = keyBytes;
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
    const place = level === 0 ? this.#sink.allot(pageCount) : undefined;
    const bytes = place?.page ?? Buffer.alloc(pageCount * pageBytes);
    open.page = { writer: new PageWriter(bytes), bytes, place };
    return open.page;
  }

  #close(level: number): void {
    const { firstKey, firstKeyRoom } = this.#levelAt(level);
    const id = this.#give(level);
    this.#pageFor(level + 1, { keyBytes: firstKeyRoom, valueBytes: 0 }, firstKey).branch(firstKey, id);
  }

  #give(level: number): number {
    const open = this.#levelAt(level);
    const { writer, place, bytes } = this.#openPage(level);
    const { id, page } = place ?? this.#sink.allot(open.fill.pageCount);
    writer.finish(id, level === 0 ? PageKind.leaf : PageKind.branch);
    if (page !== bytes) bytes.copy(page);
    open.fill.clear();
    open.page = undefined;
    return id;
  }

  #levelAt(level: number): Level {
    let open = this.#levels[level];
    if (open === undefined) {
      open = { fill: new PageFill(), page: undefined, firstKey: noKey, firstKeyRoom: 0 };
      this.#levels[level] = open;
    }
    return open;
  }
}

const noBytes = Buffer.alloc(0);
const noKey = elementSpan(noBytes, noBytes);

function ownRoom({ start, keyEnd, end }: ElementSpan): ElementRoom {
  return { keyBytes: keyEnd - start, valueBytes: end - keyEnd };
}
