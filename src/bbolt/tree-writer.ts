import { assert } from '../errors.ts';
import { elementHeadBytes, PageKind, pageBytes, pageHeaderBytes } from './layout.ts';
import { PageFill } from './page-fill.ts';
import type { PageSink } from './page-sink.ts';

const noBytes = Buffer.alloc(0);

/** What an element is given. */
export interface ElementRoom {
  readonly keyBytes: number;
  readonly valueBytes: number;
}

/** A page under construction: its keys, and beside each a value, or below the leaves the id of a page. */
interface Level {
  readonly fill: PageFill;
  firstKeyRoom: number;
  keys: Buffer[];
  values: Buffer[];
  children: number[];
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

  /** Both are kept until their page is full, or `letGo` is called: nobody may overwrite them. `room`: what they were measured with, if it is more than they take. */
  add(key: Buffer, value: Buffer, room: ElementRoom = { keyBytes: key.length, valueBytes: value.length }): void {
    assert(key.length <= room.keyBytes && value.length <= room.valueBytes, 'an element fits into its room');
    const leaf = this.#levelAt(0);
    const bytes = room.keyBytes + room.valueBytes;
    if (!leaf.fill.takes(bytes)) this.#close(0);
    if (leaf.fill.count === 0) leaf.firstKeyRoom = room.keyBytes;
    leaf.fill.add(bytes);
    leaf.keys.push(key);
    leaf.values.push(value);
  }

  /** Copies what is kept of the elements added so far: the memory that they came in is free. */
  letGo(): void {
    const leaf = this.#levelAt(0);
    leaf.keys = leaf.keys.map((key) => Buffer.from(key));
    leaf.values = leaf.values.map((value) => Buffer.from(value));
  }

  /** The id of the root page; nothing more may be added. */
  finish(): number {
    this.#levelAt(0);
    for (let level = 0; level < this.#levels.length - 1; level += 1) this.#close(level);
    return this.#give(this.#levels.length - 1);
  }

  #close(level: number): void {
    // Of all that a page above keeps of this one, only the key outlives the buffers that the elements came in.
    const firstKey = Buffer.from(this.#levelAt(level).keys[0] as Buffer);
    const { firstKeyRoom } = this.#levelAt(level);
    const id = this.#give(level);
    const above = this.#levelAt(level + 1);
    if (!above.fill.takes(firstKeyRoom)) this.#close(level + 1);
    if (above.fill.count === 0) above.firstKeyRoom = firstKeyRoom;
    above.fill.add(firstKeyRoom);
    above.keys.push(firstKey);
    above.children.push(id);
  }

  #give(level: number): number {
    const open = this.#levelAt(level);
    const { id, page } = this.#sink.allot(open.fill.pageCount);
    writePage(page, id, { ...open, kind: level === 0 ? PageKind.leaf : PageKind.branch, flags: this.#flags });
    open.fill.clear();
    open.keys = [];
    open.values = [];
    open.children = [];
    return id;
  }

  #levelAt(level: number): Level {
    let open = this.#levels[level];
    if (open === undefined) {
      open = { fill: new PageFill(), firstKeyRoom: 0, keys: [], values: [], children: [] };
      this.#levels[level] = open;
    }
    return open;
  }
}

interface PageContent {
  readonly kind: number;
  readonly flags: number;
  readonly keys: readonly Buffer[];
  readonly values: readonly Buffer[];
  readonly children: readonly number[];
}

/** Fills a page. An element's head says where its key begins, counted from that head. */
export function writePage(page: Buffer, id: number, { kind, flags, keys, values, children }: PageContent): void {
  writePageHeader(page, { id, kind, count: keys.length });
  assert(
    keys.every((key, index) => isAfter(key, keys[index - 1])),
    'the keys of a bucket come in their order',
  );
  let head = pageHeaderBytes;
  let at = pageHeaderBytes + keys.length * elementHeadBytes;
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index] as Buffer;
    if (kind === PageKind.leaf) {
      const value = values[index] ?? noBytes;
      page.writeUInt32LE(flags, head);
      page.writeUInt32LE(at - head, head + 4);
      page.writeUInt32LE(key.length, head + 8);
      page.writeUInt32LE(value.length, head + 12);
      at += key.copy(page, at);
      at += value.copy(page, at);
    } else {
      page.writeUInt32LE(at - head, head);
      page.writeUInt32LE(key.length, head + 4);
      writeId(page, children[index] as number, head + 8);
      at += key.copy(page, at);
    }
    head += elementHeadBytes;
  }
  page.fill(0, at);
}

/** `page` is as long as all pages it takes. */
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

function isAfter(key: Buffer, before: Buffer | undefined): boolean {
  return before === undefined || Buffer.compare(before, key) < 0;
}
