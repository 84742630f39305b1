/** Reads of single keys at the latest revision. */
import type { KeyText } from '../sql/key-text.ts';
import { CURRENT_ROW, CURRENT_ROW_WITHOUT_VALUE } from '../sql/read-statements.ts';
import { keyValueRow } from '../sql/row.ts';
import type { Row } from '../sql/statement.ts';
import { type EncodableKeyValue, KeyValueWriter } from '../wire/key-value-writer.ts';
import { encodable, kvsTag } from './encode-row.ts';
import { headProgram } from './head.ts';
import { type Program, row } from './program.ts';
import type { Head } from './results.ts';

export interface PointRead {
  readonly key: KeyText;
  readonly withValue: boolean;
}

export interface PointReads {
  readonly head: Head;
  /** The blocks of all keys, back to back. */
  readonly bytes: Uint8Array;
  /** Where the block of each key ends in `bytes`; equal to the one before it when the key is not there. */
  readonly ends: Uint32Array;
}

const writer = new KeyValueWriter();

/** Answers many point reads from one snapshot. */
export function* pointReads(reads: readonly PointRead[]): Program<PointReads> {
  const head = yield* headProgram();
  const ends = new Uint32Array(reads.length);
  let index = 0;
  for (const read of reads) {
    const found = yield* row(read.withValue ? CURRENT_ROW : CURRENT_ROW_WITHOUT_VALUE, read.key);
    if (found !== undefined) writer.field(kvsTag, pointKeyValue(found, read));
    ends[index++] = writer.length;
  }
  return { head, bytes: writer.take(), ends };
}

/** etcd 3.7 answers keys without values from its index, which knows no leases. */
function pointKeyValue(found: Row, read: PointRead): EncodableKeyValue {
  const keyValue = encodable(keyValueRow(found));
  return read.withValue ? keyValue : { ...keyValue, lease: null };
}
