import { assert } from '../errors.ts';
import { PageKind, pageBytes } from './layout.ts';
import { PageFill } from './page-fill.ts';
import type { AllottedPage, PageSink } from './page-sink.ts';
import { type ElementSpan, elementSpan, PageWriter } from './page-writer.ts';

/** What an element is given. */
export interface ElementRoom {
  readonly keyBytes: number;
  readonly valueBytes: number;
}

/** A page under construction. */
interface OpenPage {
  readonly writer: PageWriter;
  readonly bytes: Buffer;
  /** Undefined: it gets one when it is full. */
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
 * Writes the tree of a bucket from the bottom up while its elements come in the order of their keys: a page is given away when it is full, and only its first key and its id
 * remain, in the page above. So one page a level is held.
 */
export class TreeWriter {
  readonly #sink: PageSink;
  readonly #flags: number;
  readonly #levels: Level[] = [];

  /** `flags`: of every element. */
  constructor(sink: PageSink, flags = 0) {
    this.#sink = sink;
    this.#flags = flags;
  }

  /** `room`: what it was measured with, if that is more than it takes. */
  add(element: ElementSpan, room: ElementRoom = ownRoom(element)): void {
    const { start, keyEnd, end } = element;
    assert(keyEnd - start <= room.keyBytes && end - keyEnd <= room.valueBytes, 'an element fits into its room');
    this.#pageFor(0, room, element).leaf(element, this.#flags);
  }

  /** The id of the root page; nothing more may be added. */
  finish(): number {
    this.#levelAt(0);
    for (let level = 0; level < this.#levels.length - 1; level += 1) this.#close(level);
    return this.#give(this.#levels.length - 1);
  }

  /** The page that an element belongs to: the open one, if that takes so much, or a new one. */
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
    // Nothing else is written while a leaf is; below a page above, leaves are.
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
