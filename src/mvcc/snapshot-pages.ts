/** The log for a snapshot, page by page: first how long its rows will be, then the rows themselves. */
import { assert, etcdError } from '../errors.ts';
import { limits } from '../limits.ts';
import { freeWhole } from '../memory.ts';
import { KEY_BUCKET_LENGTHS, KEY_BUCKET_STRETCH, KEY_BUCKET_VALUES } from '../sql/key-bucket-statements.ts';
import { keyValueRow, numberAt } from '../sql/row.ts';
import type { Row } from '../sql/statement.ts';
import { COMPACTED_ID } from '../sql/write-statements.ts';
import { type ByteSpan, KeyValueWriter, keyValueBytes, revisionKeyBytes } from '../wire/key-value-writer.ts';
import { encodable } from './encode-row.ts';
import { type KeyBucketStretch, keyBucketRows, storedKeyValue, writeKeyBucketRow } from './key-bucket.ts';
import type { RowId } from './operations.ts';
import { eachRow, type Program, query, rows } from './program.ts';
import type { DatabaseFacts } from './read-programs.ts';

/** Lengths of rows, in the order of the rows. */
export interface SnapshotLengths {
  readonly keyBytes: Uint8Array;
  readonly valueBytes: Uint32Array;
  /** Ids after which a page of rows ends that is read at once; the last is the stretch's. */
  readonly cuts: readonly RowId[];
}

/** Rows as etcd has them: keys and values back to back, and where each ends. */
export interface SnapshotRows {
  readonly bytes: Uint8Array;
  readonly keyEnds: Uint32Array;
  readonly valueEnds: Uint32Array;
  readonly throughId: RowId;
}

// Columns of the statements of this bucket.
const idColumn = 1;
const valueBytesColumn = 6;
const deletedColumn = 7;

/** @throws EtcdError `snapshotOvertaken` when rows of the snapshot may be gone. */
export function* snapshotLengths(stretch: KeyBucketStretch, facts: DatabaseFacts): Program<SnapshotLengths> {
  const keyBytes: number[] = [];
  const valueBytes: number[] = [];
  const cuts: RowId[] = [];
  let pageBytes = 0;
  const add = (each: Row) => {
    const isTombstone = each[deletedColumn] === 1;
    const bytes = numberAt(each, valueBytesColumn);
    keyBytes.push(revisionKeyBytes({ isTombstone }));
    valueBytes.push(keyValueBytes(storedKeyValue(encodable(keyValueRow(each)), { isTombstone }), bytes));
    pageBytes += bytes;
    if (pageBytes < facts.snapshotPageBytes) return;
    cuts.push(numberAt(each, idColumn));
    pageBytes = 0;
  };
  const [mark] = yield* eachRow(query(KEY_BUCKET_LENGTHS, ...place(stretch)), add, query(COMPACTED_ID));
  checkUntouched(mark, stretch);
  if (cuts.at(-1) !== stretch.lastId) cuts.push(stretch.lastId);
  return { keyBytes: Uint8Array.from(keyBytes), valueBytes: Uint32Array.from(valueBytes), cuts };
}

/** All rows of a stretch, which ends at a cut: a driver fetches rows faster when it need not count their bytes. @throws EtcdError `snapshotOvertaken` */
export function* snapshotPage(stretch: KeyBucketStretch, facts: DatabaseFacts): Program<SnapshotRows> {
  if (facts.joinsValues) return yield* pageOfJoinedValues(stretch);
  // Beside the values stand names and numbers, and the last value may be larger.
  const page = new PageEncoder(facts.snapshotPageBytes + limits.rangeBlockBytesMax);
  const add = (each: Row) => page.add(each);
  const [mark] = yield* eachRow(query(KEY_BUCKET_STRETCH, ...place(stretch)), add, query(COMPACTED_ID));
  checkUntouched(mark, stretch);
  return page.rows(stretch.lastId);
}

function* pageOfJoinedValues(stretch: KeyBucketStretch): Program<SnapshotRows> {
  const [found = [], joined, mark] = yield [
    query(KEY_BUCKET_LENGTHS, ...place(stretch)),
    query(KEY_BUCKET_VALUES, ...place(stretch)),
    query(COMPACTED_ID),
  ];
  checkUntouched(mark, stretch);
  const values = (joined?.[0]?.[0] ?? noBytes) as Buffer;
  const page = new PageEncoder(values.length + found.length * limits.rangeRowOverheadBytes);
  let end = 0;
  for (const each of found) {
    const start = end;
    end += numberAt(each, valueBytesColumn);
    page.add(each, { bytes: values, start, end });
  }
  assert(end === values.length, 'the values in one piece are as long as each of them together');
  freeWhole(values);
  return page.rows(stretch.lastId);
}

function place({ afterId, lastId, compactId, thereAtId }: KeyBucketStretch): readonly RowId[] {
  return [afterId, lastId, compactId, thereAtId];
}

const noBytes = Buffer.alloc(0);

/** Some rows of a stretch. @throws EtcdError `snapshotOvertaken` when rows of the snapshot may be gone. */
export function* snapshotRows(stretch: KeyBucketStretch): Program<SnapshotRows> {
  const { found, throughId } = yield* keyBucketRows(stretch);
  checkUntouched(yield* rows(COMPACTED_ID), stretch);
  const page = new PageEncoder();
  for (const each of found) page.add(each);
  return page.rows(throughId);
}

/** Encodes rows as they come: what one holds may change afterwards. */
class PageEncoder {
  readonly #writer: KeyValueWriter;
  readonly #keyEnds: number[] = [];
  readonly #valueEnds: number[] = [];

  /** `bytes`: about so many will come. */
  constructor(bytes?: number) {
    this.#writer = new KeyValueWriter(bytes);
  }

  /** `value` stands in for the row's own. */
  add(found: Row, value?: ByteSpan): void {
    this.#keyEnds.push(writeKeyBucketRow(found, this.#writer, value).keyEnd);
    this.#valueEnds.push(this.#writer.length);
  }

  rows(throughId: RowId): SnapshotRows {
    const keyEnds = Uint32Array.from(this.#keyEnds);
    return { bytes: this.#writer.take(), keyEnds, valueEnds: Uint32Array.from(this.#valueEnds), throughId };
  }
}

/** `mark`: how far compaction has come, which it says in the transaction that deletes, read after the rows: what they lack is below it. */
function checkUntouched(mark: readonly Row[] | undefined, { compactId }: KeyBucketStretch): void {
  const compactedId = (mark?.[0]?.[0] as number | undefined) ?? 0;
  if (compactedId > compactId) throw etcdError('snapshotOvertaken');
}
