/**
 * The log in the form that etcd stores in its bucket `key`: each revision maps to the key-value
 * that was written at it. Rows that compaction deletes do not belong to it, whether they are
 * deleted already or not.
 */

import { limits } from '../../limits.ts';
import type { KeyBucketRow } from '../../sql/statements/key-bucket-statements.ts';
import { CHUNK_END } from '../../sql/statements/take-over-statements.ts';
import {
  type ByteSpan,
  type EncodableKeyValue,
  type KeyValueWriter,
  leaseBytesMax,
} from '../../wire/key-value-writer.ts';
import type { RowId } from '../ids.ts';
import { type Program, row } from '../program.ts';
import { encodable } from '../reads/encode-row.ts';

/**
 * An interval of the log: rows after an id, up to the last id. Of the rows at or below the
 * compaction mark, only the ones whose key-value exists at `thereAtId`.
 */
export interface LogInterval {
  readonly afterId: RowId;
  readonly lastId: RowId;
  readonly compactId: RowId;
  readonly thereAtId: RowId;
}

/**
 * The id at which a bounded number of rows ends. Rows that do not belong to the bucket count too,
 * because reading them takes time.
 */
export function* chunkEnd({ afterId, lastId }: Pick<LogInterval, 'afterId' | 'lastId'>): Program<RowId> {
  const end = yield* row(CHUNK_END, afterId, limits.keyBucketRowsMax - 1);
  return Math.min(end ?? lastId, lastId);
}

/** The position of a row in a writer, and its size. */
export interface WrittenRow {
  readonly keyEnd: number;
  /**
   * Bytes of name, value and lease, which vary from row to row. `KEY_BUCKET_SIZES` counts the same
   * bytes.
   */
  readonly variableBytes: number;
}

/**
 * Appends the key of a row in the bucket, and its message. `value` replaces the value of the row.
 */
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

/** The key-value that etcd stores for a row: for a deleted key only the name. */
function storedKeyValue(
  keyValue: EncodableKeyValue,
  { isTombstone }: { readonly isTombstone: boolean },
): EncodableKeyValue {
  if (!isTombstone) return keyValue;
  return { key: keyValue.key, createRevision: 0, modRevision: 0, version: 0, value: null, lease: null };
}
