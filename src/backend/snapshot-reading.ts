/**
 * Snapshots in the format of etcd's storage. The log never changes but at its end, and where compaction deletes: so a snapshot is the log up to an id, read in short reads
 * that hold up nobody, and as often as one likes. It is read twice: first how large the rows are, for the first page of the file has to say how many follow.
 */
import { type Element, FileMeasure, FileWriter, type OpenTree } from '../bbolt/file-writer.ts';
import { elementSpan } from '../bbolt/page-writer.ts';
import { TreeMeasure } from '../bbolt/tree-measure.ts';
import type { ElementRoom } from '../bbolt/tree-writer.ts';
import { etcdError } from '../errors.ts';
import { freeLarge } from '../memory.ts';
import type { Revision, RowId } from '../mvcc/operations.ts';
import type { ReadInput, ReadName, ReadOutput } from '../mvcc/read-programs.ts';
import type { BackendParts } from '../mvcc/snapshot/backend-parts.ts';
import type { LogInterval } from '../mvcc/snapshot/key-bucket.ts';
import { hashPage, type SnapshotRows } from '../mvcc/snapshot/snapshot-pages.ts';
import { crc32c } from '../wire/crc32c.ts';
import { keyValueBytesMax, revisionKeyBytesMax } from '../wire/key-value-writer.ts';
import { type BackendBuckets, type BackendVersions, backendBuckets } from './backend-buckets.ts';

/** Runs a reading program in a transaction of the database. */
export type Reads = <Name extends ReadName>(name: Name, input: ReadInput<Name>) => Promise<ReadOutput<Name>>;

export interface SnapshotOptions {
  readonly versions: BackendVersions;
  readonly signal: AbortSignal | undefined;
}

/** Pages that are read ahead: so many that reader and writer need not wake each other up for each. */
const pagesAheadMax = 3;

/** One moment of the store, read to its end. */
export class SnapshotReading {
  readonly #read: Reads;
  readonly #parts: BackendParts;
  readonly #buckets: BackendBuckets;
  readonly #signal: AbortSignal | undefined;
  /** Where the pages of rows end: 8 bytes for each megabyte of the store. */
  #cuts: RowId[] = [];

  private constructor(read: Reads, parts: BackendParts, { versions, signal }: SnapshotOptions) {
    this.#read = read;
    this.#parts = parts;
    this.#buckets = backendBuckets(parts, versions);
    this.#signal = signal;
  }

  /** Chooses the moment. */
  static async begin(read: Reads, options: SnapshotOptions): Promise<SnapshotReading> {
    return new SnapshotReading(read, await read('backendParts', null), options);
  }

  get revision(): Revision {
    return this.#parts.head.revision;
  }

  /** Pages of the file. */
  async measure(): Promise<number> {
    const { before, after, logEnd } = this.#buckets;
    const file = new FileMeasure();
    for (const { name, elements } of before) file.bucket(name, elements);
    const log = new TreeMeasure();
    this.#cuts = [];
    for await (const { variableBytes, cuts } of this.#readAhead(this.#stretchEnds(), 'snapshotSizes')) {
      this.#cuts.push(...cuts);
      for (const bytes of variableBytes) {
        const { keyBytes, valueBytes } = this.#roomOf(bytes);
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

  /** Where stretches of a bounded number of rows end. */
  async *#stretchEnds(): AsyncGenerator<RowId> {
    const { id: lastId } = this.#parts.head;
    for (let afterId = 0; afterId < lastId; ) {
      afterId = await this.#read('snapshotChunkEnd', { afterId, lastId });
      yield afterId;
    }
  }

  /** What a program says of the stretches that end at these ids. The next ones are read while one is worked on. */
  async *#readAhead<Name extends 'snapshotSizes' | 'snapshotPage'>(
    ends: AsyncIterable<RowId> | Iterable<RowId>,
    name: Name,
  ): AsyncGenerator<ReadOutput<Name>> {
    const ahead: Promise<ReadOutput<Name>>[] = [];
    let afterId = 0;
    for await (const lastId of ends) {
      ahead.push(expected(this.#read(name, this.#stretch(afterId, lastId) as ReadInput<Name>)));
      afterId = lastId;
      if (ahead.length > pagesAheadMax) yield await this.#wanted(ahead.shift() as Promise<ReadOutput<Name>>);
    }
    while (ahead.length > 0) yield await this.#wanted(ahead.shift() as Promise<ReadOutput<Name>>);
  }

  /** A bound that is known before a row is read whole: numbers are taken for as large as the newest id, which no revision exceeds. */
  #roomOf(variableBytes: number): ElementRoom {
    return { keyBytes: revisionKeyBytesMax, valueBytes: keyValueBytesMax(variableBytes, this.#parts.head.id) };
  }

  #addRows({ bytes, keyEnds, valueEnds, variableBytes }: SnapshotRows, log: OpenTree): void {
    const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let start = 0;
    for (let index = 0; index < keyEnds.length; index += 1) {
      const keyEnd = keyEnds[index] as number;
      const end = valueEnds[index] as number;
      log.add({ bytes: whole, start, keyEnd, end }, this.#roomOf(variableBytes[index] as number));
      start = end;
    }
  }

  #stretch(afterId: RowId, lastId: RowId): LogInterval {
    const { compactId } = this.#parts.head;
    return { afterId, lastId, compactId, thereAtId: compactId };
  }

  /** The page, unless nobody wants it any more. */
  async #wanted<Page>(page: Promise<Page>): Promise<Page> {
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

/** It may fail while another one is waited for, or when nobody waits any more. */
function expected<Page>(page: Promise<Page>): Promise<Page> {
  page.catch(() => {});
  return page;
}
