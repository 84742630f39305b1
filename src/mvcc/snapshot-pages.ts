/** The log for a snapshot, page by page: first how long its rows will be, then the rows themselves. */
import { assert, etcdError } from '../errors.ts';
import { limits } from '../limits.ts';
import { freeWhole } from '../memory.ts';
import { KEY_BUCKET_LENGTHS, KEY_BUCKET_STRETCH, KEY_BUCKET_VALUES } from '../sql/key-bucket-statements.ts';
import { keyValueRow, numberAt } from '../sql/row.ts';
import type { Row } from '../sql/statement.ts';
import { COMPACTED_ID } from '../sql/write-statements.ts';
import { KeyValueWriter, keyValueBytes, revisionKeyBytes } from '../wire/key-value-writer.ts';
import { encodable } from './encode-row.ts';
import { endOfWalk, type KeyBucketStretch, keyBucketRows, storedKeyValue, writeKeyBucketRow } from './key-bucket.ts';
import type { RowId } from './operations.ts';
import { type Program, query, row, rows } from './program.ts';
import type { DatabaseFacts } from './read-programs.ts';

/** Lengths of rows, in the order of the rows. */
export interface SnapshotLengths {
  readonly keyBytes: Uint8Array;
  readonly valueBytes: Uint32Array;
  readonly throughId: RowId;
  /** Ids after which a page of rows ends that is read at once; the last is `throughId`. */
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
  yield* checkUntouched(stretch);
  const throughId = yield* endOfWalk(stretch);
  const { afterId, compactId, thereAtId } = stretch;
  const found = yield* rows(KEY_BUCKET_LENGTHS, afterId, throughId, compactId, thereAtId);
  return {
    keyBytes: Uint8Array.from(found, (each) => revisionKeyBytes({ isTombstone: each[deletedColumn] === 1 })),
    valueBytes: Uint32Array.from(found, storedBytes),
    throughId,
    cuts: cutsOf(found, { throughId, bytesMax: facts.snapshotPageBytes }),
  };
}

function cutsOf(
  found: readonly Row[],
  { throughId, bytesMax }: { readonly throughId: RowId; readonly bytesMax: number },
): readonly RowId[] {
  const cuts: RowId[] = [];
  let bytes = 0;
  for (const each of found) {
    bytes += numberAt(each, valueBytesColumn);
    if (bytes < bytesMax) continue;
    cuts.push(numberAt(each, idColumn));
    bytes = 0;
  }
  if (cuts.at(-1) !== throughId) cuts.push(throughId);
  return cuts;
}

function storedBytes(found: Row): number {
  const keyValue = storedKeyValue(encodable(keyValueRow(found)), { isTombstone: found[deletedColumn] === 1 });
  return keyValueBytes(keyValue, numberAt(found, valueBytesColumn));
}

const writer = new KeyValueWriter();

/** All rows of a stretch, which ends at a cut: a driver fetches rows faster when it need not count their bytes. @throws EtcdError `snapshotOvertaken` */
export function* snapshotPage(stretch: KeyBucketStretch, facts: DatabaseFacts): Program<SnapshotRows> {
  yield* checkUntouched(stretch);
  const { afterId, lastId, compactId, thereAtId } = stretch;
  const place = [afterId, lastId, compactId, thereAtId];
  if (!facts.joinsValues) return encoded(yield* rows(KEY_BUCKET_STRETCH, ...place), lastId);
  const [found = [], joined] = yield [query(KEY_BUCKET_LENGTHS, ...place), query(KEY_BUCKET_VALUES, ...place)];
  const values = (joined?.[0]?.[0] ?? noBytes) as Buffer;
  const page = encoded(found, lastId, values);
  freeWhole(values);
  return page;
}

const noBytes = Buffer.alloc(0);

/** Some rows of a stretch. @throws EtcdError `snapshotOvertaken` when rows of the snapshot may be gone. */
export function* snapshotRows(stretch: KeyBucketStretch): Program<SnapshotRows> {
  yield* checkUntouched(stretch);
  const { found, throughId } = yield* keyBucketRows(stretch);
  return encoded(found, throughId);
}

/** `values`: those of all rows in one piece; the rows have their lengths then. */
function encoded(found: readonly Row[], throughId: RowId, values?: Buffer): SnapshotRows {
  const keyEnds = new Uint32Array(found.length);
  const valueEnds = new Uint32Array(found.length);
  if (values !== undefined) writer.reserve(values.length + found.length * limits.rangeRowOverheadBytes);
  let end = 0;
  for (let index = 0; index < found.length; index += 1) {
    const each = found[index] as Row;
    const start = end;
    if (values !== undefined) end += numberAt(each, valueBytesColumn);
    const value = values && { bytes: values, start, end };
    keyEnds[index] = writeKeyBucketRow(each, writer, value).keyEnd;
    valueEnds[index] = writer.length;
  }
  assert(end === (values?.length ?? 0), 'the values in one piece are as long as each of them together');
  return { bytes: writer.take(), keyEnds, valueEnds, throughId };
}

/** Compaction says how far it has come in the transaction that deletes. */
function* checkUntouched({ compactId }: KeyBucketStretch): Program<void> {
  const compactedId = ((yield* row(COMPACTED_ID))?.[0] as number | undefined) ?? 0;
  if (compactedId > compactId) throw etcdError('snapshotOvertaken');
}
