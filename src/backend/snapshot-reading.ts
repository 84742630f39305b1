/**
 * Reads snapshots in etcd's storage format. The log changes only at its end, and where compaction
 * deletes. So a snapshot is the log up to an id. It is read in short reads, which do not delay
 * other reads, and can be read several times.
 *
 * It is read twice: the first page of the file contains the number of pages, so the first pass
 * reads the sizes of the rows.
 */

import { type Element, FileMeasure, FileWriter, type OpenTree } from '../bbolt/file-writer.ts';
import { elementSpan } from '../bbolt/page-writer.ts';
import { TreeMeasure } from '../bbolt/tree-measure.ts';
import type { ElementBytes } from '../bbolt/tree-writer.ts';
import { etcdError } from '../errors.ts';
import { freeLarge } from '../kit/memory.ts';
import type { Revision, RowId } from '../mvcc/ids.ts';
import type { ReadInput, ReadName, ReadOutput } from '../mvcc/read-programs.ts';
import type { BackendParts } from '../mvcc/snapshot/backend-parts.ts';
import type { LogInterval } from '../mvcc/snapshot/key-bucket.ts';
import { hashPage, type SnapshotRows } from '../mvcc/snapshot/snapshot-pages.ts';
import { crc32c } from '../wire/crc32c.ts';
import { keyValueBytesMax, revisionKeyBytesMax } from '../wire/key-value-writer.ts';
import { type BackendBuckets, type BackendVersions, backendBuckets } from './backend-buckets.ts';

/** Runs a read program in a transaction of the database. */
export type RunRead = <Name extends ReadName>(name: Name, input: ReadInput<Name>) => Promise<ReadOutput<Name>>;

export interface SnapshotOptions {
  readonly versions: BackendVersions;
  readonly signal: AbortSignal | undefined;
}

/** Pages that are read ahead, so that reader and writer do not wake each other for each page. */
const pagesAheadMax = 3;

/** One snapshot of the store. */
export class SnapshotReading {
  readonly #read: RunRead;
  readonly #parts: BackendParts;
  readonly #buckets: BackendBuckets;
  readonly #signal: AbortSignal | undefined;
  /** The ids at which the pages of rows end: 8 bytes for each megabyte of the store. */
  #cuts: RowId[] = [];

  private constructor(read: RunRead, parts: BackendParts, { versions, signal }: SnapshotOptions) {
    this.#read = read;
    this.#parts = parts;
    this.#buckets = backendBuckets(parts, versions);
    this.#signal = signal;
  }

  /** Begins at the current head. */
  static async begin(read: RunRead, options: SnapshotOptions): Promise<SnapshotReading> {
    return new SnapshotReading(read, await read('backendParts', null), options);
  }

  get revision(): Revision {
    return this.#parts.head.revision;
  }

  /** The number of pages of the file. */
  async measure(): Promise<number> {
    const { before, after, logEnd } = this.#buckets;
    const file = new FileMeasure();
    for (const { name, elements } of before) file.bucket(name, elements);
    const log = new TreeMeasure();
    this.#cuts = [];
    for await (const { variableBytes, cuts } of this.#readAhead(this.#intervalEnds(), 'snapshotSizes')) {
      this.#cuts.push(...cuts);
      for (const bytes of variableBytes) {
        const { keyBytes, valueBytes } = this.#bytesMaxOf(bytes);
        log.add(keyBytes, valueBytes);
      }
    }
    for (const [key, value] of logEnd) log.add(key.length, value.length);
    file.tree('key', log);
    for (const { name, elements } of after) file.bucket(name, elements);
    return file.finish();
  }

  async *chunks(pageCount: number): AsyncGenerator<Buffer> {
    const { before, after, logEnd } = this.#buckets;
    const file = new FileWriter(pageCount);
    for (const { name, elements } of before) yield* file.bucket(name, elements);
    const log = file.tree('key');
    for await (const page of this.#readAhead(this.#cuts, 'snapshotPage')) {
      this.#addRows(page, log);
      freeLarge([page.bytes]);
      yield* file.takeFull();
    }
    for (const [key, value] of logEnd) log.add(elementSpan(key, value));
    log.finish();
    for (const { name, elements } of after) yield* file.bucket(name, elements);
    yield* file.finish();
  }

  /** The ids at which intervals of a bounded number of rows end. */
  async *#intervalEnds(): AsyncGenerator<RowId> {
    const { id: lastId } = this.#parts.head;
    for (let afterId = 0; afterId < lastId; ) {
      afterId = await this.#read('snapshotChunkEnd', { afterId, lastId });
      yield afterId;
    }
  }

  /** Runs a program for the intervals that end at these ids. The next intervals are read ahead. */
  async *#readAhead<Name extends 'snapshotSizes' | 'snapshotPage'>(
    ends: AsyncIterable<RowId> | Iterable<RowId>,
    name: Name,
  ): AsyncGenerator<ReadOutput<Name>> {
    const ahead: Promise<ReadOutput<Name>>[] = [];
    let afterId = 0;
    for await (const lastId of ends) {
      ahead.push(handled(this.#read(name, this.#interval(afterId, lastId) as ReadInput<Name>)));
      afterId = lastId;
      if (ahead.length > pagesAheadMax) yield await this.#unlessCancelled(ahead.shift() as Promise<ReadOutput<Name>>);
    }
    while (ahead.length > 0) yield await this.#unlessCancelled(ahead.shift() as Promise<ReadOutput<Name>>);
  }

  /**
   * An upper bound that is known before a row is read: no revision exceeds the newest id, so each
   * number counts with the size of this id.
   */
  #bytesMaxOf(variableBytes: number): ElementBytes {
    return { keyBytes: revisionKeyBytesMax, valueBytes: keyValueBytesMax(variableBytes, this.#parts.head.id) };
  }

  #addRows({ bytes, keyEnds, valueEnds, variableBytes }: SnapshotRows, log: OpenTree): void {
    const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let start = 0;
    for (let index = 0; index < keyEnds.length; index += 1) {
      const keyEnd = keyEnds[index] as number;
      const end = valueEnds[index] as number;
      log.add({ bytes: whole, start, keyEnd, end }, this.#bytesMaxOf(variableBytes[index] as number));
      start = end;
    }
  }

  #interval(afterId: RowId, lastId: RowId): LogInterval {
    const { compactId } = this.#parts.head;
    return { afterId, lastId, compactId, thereAtId: compactId };
  }

  /** The page, unless the request was cancelled. */
  async #unlessCancelled<Page>(page: Promise<Page>): Promise<Page> {
    if (this.#signal?.aborted === true) throw etcdError('canceled');
    return page;
  }

  async hash(): Promise<number> {
    const { before, after, logEnd } = this.#buckets;
    let hash = 0;
    const add = (bytes: Uint8Array) => {
      hash = crc32c(bytes, hash);
    };
    const addElements = (elements: Iterable<Element>) => {
      for (const element of elements) element.forEach(add);
    };
    const addBuckets = (buckets: BackendBuckets['before']) => {
      for (const { name, elements } of buckets) {
        add(Buffer.from(name));
        addElements(elements);
      }
    };
    addBuckets(before);
    add(Buffer.from('key'));
    await this.measure();
    for await (const page of this.#readAhead(this.#cuts, 'snapshotPage')) hash = hashPage(page, hash);
    addElements(logEnd);
    addBuckets(after);
    return hash;
  }
}

/**
 * Marks the rejection as handled. A read may fail while another one is awaited, or after the caller
 * has stopped.
 */
function handled<Page>(page: Promise<Page>): Promise<Page> {
  page.catch(() => {});
  return page;
}
