/**
 * The log as etcd keeps it in its bucket `key`: under each revision the key-value that was written at it. What compaction deletes is no part of it, whether or not it
 * was deleted yet.
 */
import { limits } from '../../limits.ts';
import type { KeyBucketRow } from '../../sql/statements/key-bucket-statements.ts';
import { STRETCH_END } from '../../sql/statements/take-over-statements.ts';
import {
  type ByteSpan,
  type EncodableKeyValue,
  type KeyValueWriter,
  leaseBytesMax,
} from '../../wire/key-value-writer.ts';
import type { RowId } from '../operations.ts';
import { type Program, row } from '../program.ts';
import { encodable } from '../reads/encode-row.ts';

/** Which rows: after an id, up to the last one, and of those at or below the compaction mark what is still there at an id. */
export interface KeyBucketStretch {
  readonly afterId: RowId;
  readonly lastId: RowId;
  readonly compactId: RowId;
  readonly thereAtId: RowId;
}

/** Where a bounded number of rows ends: those that are no part of it cost time too. */
export function* endOfWalk({ afterId, lastId }: Pick<KeyBucketStretch, 'afterId' | 'lastId'>): Program<RowId> {
  const end = yield* row(STRETCH_END, afterId, limits.keyBucketRowsMax - 1);
  return Math.min(end ?? lastId, lastId);
}

/** Where a row stands in a writer, and how large it is. */
export interface WrittenRow {
  readonly keyEnd: number;
  /** Of what varies from row to row, name, value and lease: `KEY_BUCKET_SIZES` counts the same. */
  readonly variableBytes: number;
}

/** Appends the key that a row has in the bucket, and the message that stands under it. `value` stands in for the row's own. */
export function writeKeyBucketRow(
  { keyValue, isTombstone, subRevision }: KeyBucketRow,
  writer: KeyValueWriter,
  value?: ByteSpan,
): WrittenRow {
  const { modRevision: revision, name, lease } = keyValue;
  writer.revisionKey({ revision, subRevision, isTombstone });
  const keyEnd = writer.length;
  writer.message(storedKeyValue(encodable(keyValue), { isTombstone }), value);
  const valueBytes = value === undefined ? (keyValue.value?.length ?? 0) : value.end - value.start;
  return { keyEnd, variableBytes: name.length + valueBytes + (lease === null ? 0 : leaseBytesMax) };
}

/** What etcd stores of a row: of a deleted key only the name. */
function storedKeyValue(
  keyValue: EncodableKeyValue,
  { isTombstone }: { readonly isTombstone: boolean },
): EncodableKeyValue {
  if (!isTombstone) return keyValue;
  return { key: keyValue.key, createRevision: 0, modRevision: 0, version: 0, value: null, lease: null };
}
