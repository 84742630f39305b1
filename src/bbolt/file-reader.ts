/**
 * Reads a bbolt file whose bytes may be damaged or malicious. It never reads outside the file,
 * holds one page a level, always ends, and refuses a damaged file with one line for a person.
 */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { StartError } from '../errors.ts';
import type { Element } from './file-writer.ts';
import { fnv1a } from './fnv1a.ts';
import { bucketFlag, bucketHeaderBytes, elementHeadBytes, meta, PageKind, pageHeaderBytes } from './layout.ts';

/** A snapshot saved by etcd's tools ends with a SHA-256. Pages are multiples of 512 bytes. */
const checksumBytes = 32;
const sectorBytes = 512;

/** The range of page sizes. etcd uses the page size of the operating system. */
const pageBytesMin = 1024;
const pageBytesMax = 64 * 1024;

/**
 * Bytes of one page with its overflow pages. A value is seldom larger than etcd's 1.5 MiB, and few
 * large values share a page.
 */
const longPageBytesMax = 128 * 1024 * 1024;

interface Meta {
  readonly pageBytes: number;
  readonly rootId: number;
  readonly pageCount: number;
  readonly transaction: bigint;
}

/** The tree of a bucket: the id of its root page, or the page itself. */
export type Bucket = { readonly rootId: number } | { readonly inline: Buffer };

/** A page, and the bounds of its keys. */
interface Bounded {
  readonly id: number;
  readonly low: Buffer | undefined;
  readonly high: Buffer | undefined;
}

export class FileReader {
  readonly path: string;
  /** Whether a SHA-256 follows the pages. */
  readonly hasChecksum: boolean;
  /** Bytes of the pages. */
  readonly bytes: number;
  readonly #file: number;
  readonly #meta: Meta;
  /** One bit a page. A page that is read twice in a walk over the file is damaged. */
  readonly #seen: Uint8Array;
  #walkedBytes = 0;

  private constructor(path: string, file: number) {
    this.path = path;
    this.#file = file;
    const { size } = fstatSync(file);
    this.hasChecksum = size % sectorBytes === checksumBytes;
    this.bytes = this.hasChecksum ? size - checksumBytes : size;
    this.#meta = this.#findMeta();
    const { pageBytes, pageCount } = this.#meta;
    if (pageCount * pageBytes > this.bytes) {
      throw this.#refusal(`it is truncated: it should have ${pageCount * pageBytes} bytes, and has ${this.bytes}`);
    }
    if (this.bytes % sectorBytes !== 0) throw this.#refusal('it is truncated: its SHA-256 is incomplete');
    this.#seen = new Uint8Array(Math.ceil(pageCount / 8));
  }

  /** @throws StartError when the file is not a bbolt file, or when `use` throws it. */
  static use<Result>(path: string, use: (file: FileReader) => Result): Result {
    const opened = open(path);
    const close = () => closeSync(opened);
    let result: Result;
    try {
      result = use(new FileReader(path, opened));
    } catch (error) {
      close();
      throw error;
    }
    if (result instanceof Promise) return result.finally(close) as Result;
    close();
    return result;
  }

  /** @throws StartError when the bytes do not match the checksum. */
  verifyChecksum(): void {
    if (!this.hasChecksum) return;
    const hash = createHash('sha256');
    const piece = Buffer.allocUnsafe(1024 * 1024);
    for (let at = 0; at < this.bytes; at += piece.length) {
      hash.update(this.#read(piece.subarray(0, Math.min(piece.length, this.bytes - at)), at));
    }
    if (hash.digest().equals(this.#read(Buffer.alloc(checksumBytes), this.bytes))) return;
    throw this.#refusal('it is damaged: its SHA-256 does not match');
  }

  /** Bytes of the pages that the current walk has read. */
  get walkedBytes(): number {
    return this.#walkedBytes;
  }

  /** The buckets by name. Starts a new walk over the file. */
  buckets(): ReadonlyMap<string, Bucket> {
    this.#seen.fill(0);
    this.#walkedBytes = 0;
    const found = new Map<string, Bucket>();
    for (const [page, id] of this.#leaves({ rootId: this.#meta.rootId })) {
      for (const { key, value, flags } of this.#elementsOf(page, id)) {
        if ((flags & bucketFlag) === 0) throw this.#damage(id, 'contains something other than buckets');
        found.set(key.toString('latin1'), this.#bucketOf(value, id));
      }
    }
    return found;
  }

  /** All elements of a bucket in the order of their keys. A missing bucket has no elements. */
  *elements(bucket: Bucket | undefined): Generator<Element> {
    if (bucket === undefined) return;
    let before: Buffer | undefined;
    for (const [page, id, { low, high }] of this.#leaves(bucket)) {
      for (const { key, value, flags } of this.#elementsOf(page, id)) {
        if ((flags & bucketFlag) !== 0) throw this.#damage(id, 'contains a bucket within a bucket');
        if (!isBetween(key, low, high) || (before !== undefined && Buffer.compare(before, key) >= 0)) {
          throw this.#damage(id, 'has keys that are not in order');
        }
        before = key;
        yield [key, value];
      }
    }
  }

  /** An error for damaged content of the pages. */
  contentDamage(what: string): StartError {
    return this.#refusal(`it is damaged: ${what}`);
  }

  /** The leaves of a tree from left to right. */
  *#leaves(bucket: Bucket): Generator<readonly [page: Buffer, id: number, bounds: Omit<Bounded, 'id'>]> {
    if ('inline' in bucket) {
      if (kindOf(bucket.inline) !== PageKind.leaf) throw this.#damage(0, 'is inline, but not a leaf');
      yield [bucket.inline, 0, { low: undefined, high: undefined }];
      return;
    }
    const waiting: Bounded[] = [{ id: bucket.rootId, low: undefined, high: undefined }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const page = this.#page(next.id);
      if (kindOf(page) === PageKind.leaf) yield [page, next.id, next];
      else waiting.push(...this.#childrenOf(page, next).reverse());
    }
  }

  #childrenOf(page: Buffer, { id, low, high }: Bounded): Bounded[] {
    const count = countOf(page);
    if (count === 0) throw this.#damage(id, 'is a branch without elements');
    const children: { readonly id: number; readonly key: Buffer }[] = [];
    for (let index = 0; index < count; index += 1) {
      const head = this.#headAt(page, index, id);
      const key = this.#slice(page, { at: head + page.readUInt32LE(head), bytes: page.readUInt32LE(head + 4), id });
      const before = children.at(-1)?.key;
      // The first key of a page may be older than the first key below it.
      const isInOrder = before === undefined || Buffer.compare(before, key) < 0;
      if (!isInOrder || !isBetween(key, low, high)) throw this.#damage(id, 'has keys that are not in order');
      children.push({ id: wholeNumber(page, head + 8), key: Buffer.from(key) });
    }
    return children.map((child, index) => ({
      id: child.id,
      low: child.key,
      high: children[index + 1]?.key ?? high,
    }));
  }

  *#elementsOf(
    page: Buffer,
    id: number,
  ): Generator<{ readonly key: Buffer; readonly value: Buffer; readonly flags: number }> {
    const count = countOf(page);
    for (let index = 0; index < count; index += 1) {
      const head = this.#headAt(page, index, id);
      const at = head + page.readUInt32LE(head + 4);
      const [keyBytes, valueBytes] = [page.readUInt32LE(head + 8), page.readUInt32LE(head + 12)];
      const both = this.#slice(page, { at, bytes: keyBytes + valueBytes, id });
      yield { key: both.subarray(0, keyBytes), value: both.subarray(keyBytes), flags: page.readUInt32LE(head) };
    }
  }

  #headAt(page: Buffer, index: number, id: number): number {
    const head = pageHeaderBytes + index * elementHeadBytes;
    if (head + elementHeadBytes > page.length) throw this.#damage(id, 'has more elements than fit into it');
    return head;
  }

  #slice(
    page: Buffer,
    { at, bytes, id }: { readonly at: number; readonly bytes: number; readonly id: number },
  ): Buffer {
    if (at + bytes > page.length) throw this.#damage(id, 'has an element that ends after the page');
    return page.subarray(at, at + bytes);
  }

  #bucketOf(value: Buffer, id: number): Bucket {
    if (value.length < bucketHeaderBytes) throw this.#damage(id, 'has a bucket without a header');
    const rootId = wholeNumber(value, 0);
    if (rootId !== 0) return { rootId };
    const inline = Buffer.from(value.subarray(bucketHeaderBytes));
    if (inline.length < pageHeaderBytes) throw this.#damage(id, 'has a bucket without a page');
    return { inline };
  }

  /** Reads a branch or a leaf with its overflow pages. Each page may be read once. */
  #page(id: number): Buffer {
    const { pageBytes, pageCount } = this.#meta;
    if (id < 2 || id >= pageCount)
      throw this.#refusal(`it is damaged: it refers to page ${id}, but has ${pageCount} pages`);
    const first = this.#read(Buffer.allocUnsafe(pageBytes), id * pageBytes);
    if (wholeNumber(first, 0) !== id) throw this.#damage(id, 'has the id of another page');
    const kind = kindOf(first);
    if (kind !== PageKind.branch && kind !== PageKind.leaf) throw this.#damage(id, 'is neither branch nor leaf');
    const length = 1 + first.readUInt32LE(overflowAt);
    if (id + length > pageCount) throw this.#damage(id, 'extends past the end of the file');
    if (length * pageBytes > longPageBytesMax) throw this.#damage(id, `takes ${length} pages`);
    for (let each = id; each < id + length; each += 1) this.#see(each);
    this.#walkedBytes += length * pageBytes;
    if (length === 1) return first;
    return this.#read(Buffer.allocUnsafe(length * pageBytes), id * pageBytes);
  }

  #see(id: number): void {
    const bit = 1 << (id % 8);
    const at = Math.floor(id / 8);
    const byte = this.#seen[at] as number;
    if ((byte & bit) !== 0) throw this.#damage(id, 'is used twice');
    this.#seen[at] = byte | bit;
  }

  #read(into: Buffer, at: number): Buffer {
    for (let done = 0; done < into.length; ) {
      const count = readSync(this.#file, into, done, into.length - done, at + done);
      if (count === 0) throw this.#refusal('it became shorter while it was read');
      done += count;
    }
    return into;
  }

  /** The newer of the two meta pages at the beginning of the file. */
  #findMeta(): Meta {
    const found: Meta[] = [];
    for (const at of [0, ...secondMetaPlaces]) {
      const own = this.#metaAt(at);
      if (own !== undefined && (at === 0 || own.pageBytes === at)) found.push(own);
    }
    const newest = found.sort((a, b) => (a.transaction < b.transaction ? -1 : 1)).at(-1);
    if (newest === undefined) throw this.#refusal('it is not an etcd snapshot, or its first pages are damaged');
    return newest;
  }

  #metaAt(at: number): Meta | undefined {
    if (at + pageHeaderBytes + meta.bytes > this.bytes) return undefined;
    const page = this.#read(Buffer.alloc(pageHeaderBytes + meta.bytes), at);
    const fields = page.subarray(pageHeaderBytes);
    if (kindOf(page) !== PageKind.meta || fields.readUInt32LE(meta.magicAt) !== meta.magic) return undefined;
    const isWhole = fields.readBigUInt64LE(meta.checksumAt) === fnv1a(fields.subarray(0, meta.checksumAt));
    if (!isWhole) return undefined;
    const version = fields.readUInt32LE(meta.versionAt);
    if (version !== meta.version) {
      throw this.#refusal(
        `its file format has version ${version}, but tine reads version ${meta.version}; use a newer tine`,
      );
    }
    const pageBytes = fields.readUInt32LE(meta.pageBytesAt);
    if (!pageSizes.includes(pageBytes)) throw this.#refusal(`its page size of ${pageBytes} bytes is not supported`);
    return {
      pageBytes,
      rootId: wholeNumber(fields, meta.rootAt),
      pageCount: wholeNumber(fields, meta.pageCountAt),
      transaction: fields.readBigUInt64LE(meta.transactionAt),
    };
  }

  #damage(id: number, what: string): StartError {
    return this.#refusal(`it is damaged: page ${id} ${what}`);
  }

  #refusal(what: string): StartError {
    return new StartError(`${this.path}: ${what}`);
  }
}

const pageSizes: readonly number[] = Array.from(
  { length: Math.log2(pageBytesMax / pageBytesMin) + 1 },
  (_, index) => pageBytesMin * 2 ** index,
);
const secondMetaPlaces = pageSizes;

const kindAt = 8;
const countAt = 10;
const overflowAt = 12;

const kindOf = (page: Buffer): number => page.readUInt16LE(kindAt);
const countOf = (page: Buffer): number => page.readUInt16LE(countAt);

/** 64 bits as a number. A value that is too large for any file is infinite. */
function wholeNumber(bytes: Buffer, at: number): number {
  const value = bytes.readBigUInt64LE(at);
  return value > Number.MAX_SAFE_INTEGER ? Number.POSITIVE_INFINITY : Number(value);
}

function isBetween(key: Buffer, low: Buffer | undefined, high: Buffer | undefined): boolean {
  return (low === undefined || Buffer.compare(low, key) <= 0) && (high === undefined || Buffer.compare(key, high) < 0);
}

function open(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new StartError(code === 'ENOENT' ? `${path}: there is no such file` : `${path}: ${message}`, { cause });
  }
}
