/** Reads the log for a snapshot page by page: first the sizes of the rows, then the rows. */

import { assert, etcdError } from '../../errors.ts';
import { freeLarge, freeWhole } from '../../kit/memory.ts';
import { limits } from '../../limits.ts';
import type { Row } from '../../sql/statement.ts';
import {
  KEY_BUCKET_LENGTHS,
  KEY_BUCKET_ROWS,
  KEY_BUCKET_SIZES,
  KEY_BUCKET_VALUES,
  type KeyBucketRow,
  type KeyBucketSize,
} from '../../sql/statements/key-bucket-statements.ts';
import { DELETED_MARK_ID } from '../../sql/statements/write-statements.ts';
import { crc32c } from '../../wire/crc32c.ts';
import { type ByteSpan, KeyValueWriter } from '../../wire/key-value-writer.ts';
import type { DatabaseFacts } from '../database-facts.ts';
import type { RowId } from '../ids.ts';
import { decoded, decodedOne, eachRow, type Program, query } from '../program.ts';
import { chunkEnd, type LogInterval, writeKeyBucketRow } from './key-bucket.ts';

/** The sizes of rows, in the order of the log. */
export interface SnapshotSizes {
  /** For each row, the bytes of name, value and lease. */
  readonly variableBytes: Uint32Array;
  /** The ids at which pages end. The last one is the end of the interval. */
  readonly cuts: readonly RowId[];
}

/** Rows in etcd's form: keys and values back to back, and the end of each. */
export interface SnapshotRows {
  readonly bytes: Uint8Array;
  readonly keyEnds: Uint32Array;
  readonly valueEnds: Uint32Array;
  /** The same numbers as in `SnapshotSizes`. */
  readonly variableBytes: Uint32Array;
}

/**
 * Reads the sizes of rows.
 *
 * @throws EtcdError `snapshotOvertaken` if rows of the snapshot may be deleted.
 */
export function* snapshotSizes(interval: LogInterval, facts: DatabaseFacts): Program<SnapshotSizes> {
  const variableBytes: number[] = [];
  const cuts: RowId[] = [];
  let pageBytes = 0;
  const add = ({ id, variableBytes: bytes }: KeyBucketSize) => {
    variableBytes.push(bytes);
    pageBytes += bytes;
    if (pageBytes < facts.snapshotPageBytes) return;
    cuts.push(id);
    pageBytes = 0;
  };
  const [mark] = yield* eachRow(query(KEY_BUCKET_SIZES, ...parametersOf(interval)), add, query(DELETED_MARK_ID));
  checkUntouched(mark, interval);
  if (cuts.at(-1) !== interval.lastId) cuts.push(interval.lastId);
  return { variableBytes: Uint32Array.from(variableBytes), cuts };
}

/**
 * Reads all rows of an interval that ends at a cut. A driver fetches rows faster if it need not
 * count their bytes.
 *
 * @throws EtcdError `snapshotOvertaken`
 */
export function* snapshotPage(interval: LogInterval, facts: DatabaseFacts): Program<SnapshotRows> {
  if (facts.joinsValues) return yield* pageOfJoinedValues(interval);
  // A row has a name and numbers besides its value, and the last value may exceed the page.
  const page = new PageEncoder(facts.snapshotPageBytes + limits.rangeBlockBytesMax);
  const add = (each: KeyBucketRow) => page.add(each);
  const [mark] = yield* eachRow(query(KEY_BUCKET_ROWS, ...parametersOf(interval)), add, query(DELETED_MARK_ID));
  checkUntouched(mark, interval);
  return page.rows();
}

function* pageOfJoinedValues(interval: LogInterval): Program<SnapshotRows> {
  const [found, joined, mark] = yield [
    query(KEY_BUCKET_LENGTHS, ...parametersOf(interval)),
    query(KEY_BUCKET_VALUES, ...parametersOf(interval)),
    query(DELETED_MARK_ID),
  ];
  checkUntouched(mark, interval);
  const rows = decoded(KEY_BUCKET_LENGTHS, found);
  const values = (decodedOne(KEY_BUCKET_VALUES, joined) ?? noBytes) as Buffer;
  const page = new PageEncoder(values.length + rows.length * limits.rangeRowOverheadBytes);
  let end = 0;
  for (const each of rows) {
    const start = end;
    end += each.valueBytes;
    page.add(each, { bytes: values, start, end });
  }
  assert(end === values.length, 'the joined values are as long as all values together');
  freeWhole(values);
  return page.rows();
}

function parametersOf({ afterId, lastId, compactId, thereAtId }: LogInterval): readonly RowId[] {
  return [afterId, lastId, compactId, thereAtId];
}

const noBytes = Buffer.alloc(0);

/** The position of a reader that reads the pages of an interval one after the other. */
export interface SnapshotPosition {
  readonly interval: LogInterval;
  /** The ids at which the next pages end, if they were read already. */
  readonly cuts: readonly RowId[];
}

/**
 * Reads the next page of an interval that is not complete, and returns the next position.
 *
 * @throws EtcdError `snapshotOvertaken`
 */
export function* nextSnapshotPage(
  { interval, cuts: known }: SnapshotPosition,
  facts: DatabaseFacts,
): Program<{ readonly page: SnapshotRows; readonly next: SnapshotPosition }> {
  const cuts = known.length > 0 ? known : yield* nextCuts(interval, facts);
  const [lastId = interval.lastId, ...rest] = cuts;
  const page = yield* snapshotPage({ ...interval, lastId }, facts);
  return { page, next: { interval: { ...interval, afterId: lastId }, cuts: rest } };
}

function* nextCuts(interval: LogInterval, facts: DatabaseFacts): Program<readonly RowId[]> {
  const lastId = yield* chunkEnd(interval);
  return (yield* snapshotSizes({ ...interval, lastId }, facts)).cuts;
}

/** Adds a page to a CRC-32C and frees the page. */
export function hashPage({ bytes }: SnapshotRows, before: number): number {
  const hash = crc32c(bytes, before);
  freeLarge([bytes]);
  return hash;
}

/** Encodes rows one by one. The caller may reuse a row's buffers afterwards. */
class PageEncoder {
  readonly #writer: KeyValueWriter;
  readonly #keyEnds: number[] = [];
  readonly #valueEnds: number[] = [];
  readonly #variableBytes: number[] = [];

  /** `bytes`: the expected size. */
  constructor(bytes: number) {
    this.#writer = new KeyValueWriter(bytes);
  }

  /** `value` replaces the value of the row. */
  add(found: KeyBucketRow, value?: ByteSpan): void {
    const { keyEnd, variableBytes } = writeKeyBucketRow(found, this.#writer, value);
    this.#keyEnds.push(keyEnd);
    this.#valueEnds.push(this.#writer.length);
    this.#variableBytes.push(variableBytes);
  }

  rows(): SnapshotRows {
    return {
      bytes: this.#writer.take(),
      keyEnds: Uint32Array.from(this.#keyEnds),
      valueEnds: Uint32Array.from(this.#valueEnds),
      variableBytes: Uint32Array.from(this.#variableBytes),
    };
  }
}

/**
 * Fails if compaction deleted rows for a newer mark than the snapshot's. Compaction writes this
 * mark in the transaction that deletes, and it is read after the rows. So every missing row has
 * changed it.
 */
function checkUntouched(mark: readonly Row[] | undefined, { compactId }: LogInterval): void {
  const deletedMarkId = decodedOne(DELETED_MARK_ID, mark) ?? 0;
  if (deletedMarkId > compactId) throw etcdError('snapshotOvertaken');
}
