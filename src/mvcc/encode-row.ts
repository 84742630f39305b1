/** Rows as the messages that are sent. */
import { limits } from '../limits.ts';
import { keyBytes } from '../sql/key-text.ts';
import type { KeyValueRow } from '../sql/row.ts';
import { type EncodableKeyValue, KeyValueWriter } from '../wire/key-value-writer.ts';
import type { KeyValueBlock } from './results.ts';

/** The tag of field 2 of RangeResponse. */
export const kvsTag = 0x12;

const escapes = /[^ -~]/;
const writer = new KeyValueWriter();

/** A row in the fields of the message. A key of printable ASCII is its own text; any other is taken out of its escapes. */
export function encodable(keyValue: KeyValueRow): EncodableKeyValue {
  const { name, createRevision, modRevision, version, value, lease } = keyValue;
  return { key: escapes.test(name) ? keyBytes(name) : name, createRevision, modRevision, version, value, lease };
}

/** One message, without tag and length. */
export function encodedMessage(keyValue: KeyValueRow): Uint8Array {
  writer.message(encodable(keyValue));
  return writer.take();
}

/** Rows with their values as one block. */
export function encodedBlock(keyValues: readonly KeyValueRow[]): KeyValueBlock {
  for (const keyValue of keyValues) writer.field(kvsTag, encodable(keyValue));
  return { bytes: writer.take(), count: keyValues.length };
}

/** The same as blocks of bounded size. */
export function encodedBlocks(keyValues: readonly KeyValueRow[]): readonly KeyValueBlock[] {
  const blocks: KeyValueBlock[] = [];
  let first = 0;
  for (let next = 0; next < keyValues.length; first = next) {
    let bytes = 0;
    while (next < keyValues.length && bytes < limits.rangeBlockBytesMax) {
      bytes += (keyValues[next++]?.value?.length ?? 0) + limits.rangeRowOverheadBytes;
    }
    writer.reserve(bytes);
    blocks.push(encodedBlock(keyValues.slice(first, next)));
  }
  return blocks;
}
