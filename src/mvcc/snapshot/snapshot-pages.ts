/** The log for a snapshot, page by page: first how large its rows are, then the rows themselves. */
import { assert, etcdError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import { freeLarge, freeWhole } from '../../memory.ts';
import type { Row } from '../../sql/statement.ts';
import {
  KEY_BUCKET_LENGTHS,
  KEY_BUCKET_SIZES,
  KEY_BUCKET_STRETCH,
  KEY_BUCKET_VALUES,
  type KeyBucketRow,
  type KeyBucketSize,
} from '../../sql/statements/key-bucket-statements.ts';
import { COMPACTED_ID } from '../../sql/statements/write-statements.ts';
import { crc32c } from '../../wire/crc32c.ts';
import { type ByteSpan, KeyValueWriter } from '../../wire/key-value-writer.ts';
import type { DatabaseFacts } from '../database-facts.ts';
import type { RowId } from '../operations.ts';
import { decoded, decodedOne, eachRow, type Program, query } from '../program.ts';
import { endOfWalk, type KeyBucketStretch, writeKeyBucketRow } from './key-bucket.ts';

/** How large rows are, in their order. */
export interface SnapshotSizes {
  /** Of each row the bytes of what varies from row to row: name, value and lease. */
  readonly variableBytes: Uint32Array;
  /** Ids after which a page of rows ends that is read at once; the last is the stretch's. */
  readonly cuts: readonly RowId[];
}

/** Rows as etcd has them: keys and values back to back, and where each ends. */
export interface SnapshotRows {
  readonly bytes: Uint8Array;
  readonly keyEnds: Uint32Array;
  readonly valueEnds: Uint32Array;
  /** As `SnapshotSizes` has them. */
  readonly variableBytes: Uint32Array;
}

/** @throws EtcdError `snapshotOvertaken` when rows of the snapshot may be gone. */
export function* snapshotSizes(stretch: KeyBucketStretch, facts: DatabaseFacts): Program<SnapshotSizes> {
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
  const [mark] = yield* eachRow(query(KEY_BUCKET_SIZES, ...place(stretch)), add, query(COMPACTED_ID));
  checkUntouched(mark, stretch);
  if (cuts.at(-1) !== stretch.lastId) cuts.push(stretch.lastId);
  return { variableBytes: Uint32Array.from(variableBytes), cuts };
}

/** All rows of a stretch, which ends at a cut: a driver fetches rows faster when it need not count their bytes. @throws EtcdError `snapshotOvertaken` */
export function* snapshotPage(stretch: KeyBucketStretch, facts: DatabaseFacts): Program<SnapshotRows> {
  if (facts.joinsValues) return yield* pageOfJoinedValues(stretch);
  // Beside the values stand names and numbers, and the last value may be larger.
  const page = new PageEncoder(facts.snapshotPageBytes + limits.rangeBlockBytesMax);
  const add = (each: KeyBucketRow) => page.add(each);
  const [mark] = yield* eachRow(query(KEY_BUCKET_STRETCH, ...place(stretch)), add, query(COMPACTED_ID));
  checkUntouched(mark, stretch);
  return page.rows();
}

function* pageOfJoinedValues(stretch: KeyBucketStretch): Program<SnapshotRows> {
  const [found, joined, mark] = yield [
    query(KEY_BUCKET_LENGTHS, ...place(stretch)),
    query(KEY_BUCKET_VALUES, ...place(stretch)),
    query(COMPACTED_ID),
  ];
  checkUntouched(mark, stretch);
  const rows = decoded(KEY_BUCKET_LENGTHS, found);
  const values = (decodedOne(KEY_BUCKET_VALUES, joined) ?? noBytes) as Buffer;
  const page = new PageEncoder(values.length + rows.length * limits.rangeRowOverheadBytes);
  let end = 0;
  for (const each of rows) {
    const start = end;
    end += each.valueBytes;
    page.add(each, { bytes: values, start, end });
  }
  assert(end === values.length, 'the values in one piece are as long as each of them together');
  freeWhole(values);
  return page.rows();
}

function place({ afterId, lastId, compactId, thereAtId }: KeyBucketStretch): readonly RowId[] {
  return [afterId, lastId, compactId, thereAtId];
}

const noBytes = Buffer.alloc(0);

/** Where a reader is that takes the pages of a stretch one after the other. */
export interface PagePlace {
  readonly stretch: KeyBucketStretch;
  /** As far as they are known: ids after which the next pages end. */
  readonly cuts: readonly RowId[];
}

/** The next page of a stretch that is not over, and where it goes on. @throws EtcdError `snapshotOvertaken` */
export function* nextSnapshotPage(
  { stretch, cuts: known }: PagePlace,
  facts: DatabaseFacts,
): Program<{ readonly page: SnapshotRows; readonly next: PagePlace }> {
  const cuts = known.length > 0 ? known : yield* nextCuts(stretch, facts);
  const [lastId = stretch.lastId, ...rest] = cuts;
  const page = yield* snapshotPage({ ...stretch, lastId }, facts);
  return { page, next: { stretch: { ...stretch, afterId: lastId }, cuts: rest } };
}

function* nextCuts(stretch: KeyBucketStretch, facts: DatabaseFacts): Program<readonly RowId[]> {
  const lastId = yield* endOfWalk(stretch);
  return (yield* snapshotSizes({ ...stretch, lastId }, facts)).cuts;
}

/** CRC-32C of what went before and a page, which is not needed any more. */
export function hashPage({ bytes }: SnapshotRows, before: number): number {
  const hash = crc32c(bytes, before);
  freeLarge([bytes]);
  return hash;
}

/** Encodes rows as they come: what one holds may change afterwards. */
class PageEncoder {
  readonly #writer: KeyValueWriter;
  readonly #keyEnds: number[] = [];
  readonly #valueEnds: number[] = [];
  readonly #variableBytes: number[] = [];

  /** `bytes`: about so many will come. */
  constructor(bytes: number) {
    this.#writer = new KeyValueWriter(bytes);
  }

  /** `value` stands in for the row's own. */
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

/** `mark`: how far compaction has come, which it says in the transaction that deletes, read after the rows: what they lack is below it. */
function checkUntouched(mark: readonly Row[] | undefined, { compactId }: KeyBucketStretch): void {
  const compactedId = decodedOne(COMPACTED_ID, mark) ?? 0;
  if (compactedId > compactId) throw etcdError('snapshotOvertaken');
}
