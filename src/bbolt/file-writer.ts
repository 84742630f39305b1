/** Writes a bbolt file from the first page to the last, without going back. */
import { assert } from '../errors.ts';
import { fnv1a } from './fnv1a.ts';
import { bucketFlag, bucketHeaderBytes, meta, PageKind, pageBytes, pageHeaderBytes } from './layout.ts';
import { PageFill } from './page-fill.ts';
import { PageSink } from './page-sink.ts';
import { type ElementSpan, elementSpan, PageWriter, writeId, writePageHeader } from './page-writer.ts';
import { TreeMeasure } from './tree-measure.ts';
import { type ElementBytes, TreeWriter } from './tree-writer.ts';

/** A key and a value of a bucket. */
export type Element = readonly [key: Buffer, value: Buffer];

/**
 * Bytes of the largest inline bucket: its only page is stored in place of the page's id. bbolt's
 * bound.
 */
const inlineBytesMax = pageBytes / 4;

/** Two meta pages and the freelist, which is empty because every page is used. */
const firstPages = 3;
const freelistId = 2;

/** Counts the pages of a file. The buckets must be added in the order of their names. */
export class FileMeasure {
  readonly #root = new TreeMeasure();
  #pageCount = firstPages;

  bucket(name: string, elements: Iterable<Element>): void {
    const inlineBytes = bytesInline(elements);
    if (inlineBytes !== undefined) {
      this.#root.add(name.length, bucketHeaderBytes + inlineBytes);
      return;
    }
    const tree = new TreeMeasure();
    for (const [key, value] of elements) tree.add(key.length, value.length);
    this.tree(name, tree);
  }

  /** Adds a bucket that was measured separately. */
  tree(name: string, tree: TreeMeasure): void {
    this.#pageCount += tree.finish();
    this.#root.add(name.length, bucketHeaderBytes);
  }

  /** The number of pages of the whole file. */
  finish(): number {
    return this.#pageCount + this.#root.finish();
  }
}

/** A bucket that is being written. */
export interface OpenTree {
  add(element: ElementSpan, measured?: ElementBytes): void;
  finish(): void;
}

export class FileWriter {
  readonly #sink = new PageSink();
  readonly #pageCount: number;
  readonly #buckets: Element[] = [];

  /** `pageCount`: the result of `FileMeasure`, which is written to the first page. */
  constructor(pageCount: number) {
    this.#pageCount = pageCount;
    for (const transaction of [0, 1]) this.#writeMeta(transaction);
    const { id, page } = this.#sink.allocate(1);
    page.fill(0);
    writePageHeader(page, { id, kind: PageKind.freelist, count: 0 });
  }

  /** Writes a bucket. Yields the chunks that become full. */
  *bucket(name: string, elements: Iterable<Element>): Generator<Buffer> {
    const inlineBytes = bytesInline(elements);
    if (inlineBytes !== undefined) {
      const value = Buffer.concat([bucketHeader(0), inlinePage(elements, inlineBytes)]);
      this.#buckets.push([Buffer.from(name), value]);
      return;
    }
    const tree = this.tree(name);
    for (const [key, value] of elements) {
      tree.add(elementSpan(key, value));
      yield* this.takeFull();
    }
    tree.finish();
  }

  /** Begins a bucket, which must be finished before the next one begins. */
  tree(name: string): OpenTree {
    const tree = new TreeWriter(this.#sink);
    return {
      add: (element, measured) => tree.add(element, measured),
      finish: () => {
        this.#buckets.push([Buffer.from(name), bucketHeader(tree.finish())]);
      },
    };
  }

  /** The chunks that can be sent. */
  takeFull(): readonly Buffer[] {
    return this.#sink.takeFull();
  }

  /** Completes the file and returns the remaining chunks. */
  finish(): readonly Buffer[] {
    const root = new TreeWriter(this.#sink, bucketFlag);
    for (const [name, header] of this.#buckets) root.add(elementSpan(name, header));
    root.finish();
    assert(this.#sink.nextId === this.#pageCount, 'a file has the pages that were counted');
    return this.#sink.takeAll();
  }

  #writeMeta(transaction: number): void {
    const { id, page } = this.#sink.allocate(1);
    page.fill(0);
    writePageHeader(page, { id, kind: PageKind.meta, count: 0 });
    const fields = page.subarray(pageHeaderBytes, pageHeaderBytes + meta.bytes);
    fields.writeUInt32LE(meta.magic, meta.magicAt);
    fields.writeUInt32LE(meta.version, meta.versionAt);
    fields.writeUInt32LE(pageBytes, meta.pageBytesAt);
    // The page with the names of the buckets is written last.
    writeId(fields, this.#pageCount - 1, meta.rootAt);
    writeId(fields, freelistId, meta.freelistAt);
    writeId(fields, this.#pageCount, meta.pageCountAt);
    writeId(fields, transaction, meta.transactionAt);
    fields.writeBigUInt64LE(fnv1a(fields.subarray(0, meta.checksumAt)), meta.checksumAt);
  }
}

function bucketHeader(rootId: number): Buffer {
  const header = Buffer.alloc(bucketHeaderBytes);
  writeId(header, rootId, 0);
  return header;
}

/** Bytes of the page of an inline bucket; undefined: the bucket is too large. */
function bytesInline(elements: Iterable<Element>): number | undefined {
  const fill = new PageFill();
  for (const [key, value] of elements) {
    fill.add(key.length + value.length);
    if (fill.bytes > inlineBytesMax) return undefined;
  }
  return fill.bytes;
}

function inlinePage(elements: Iterable<Element>, bytes: number): Buffer {
  const page = Buffer.alloc(bytes);
  const writer = new PageWriter(page);
  for (const [key, value] of elements) writer.leaf(elementSpan(key, value), 0);
  writer.finish(0, PageKind.leaf);
  return page;
}
