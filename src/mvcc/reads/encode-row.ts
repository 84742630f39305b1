/** Encodes rows as protobuf messages. */
import { limits } from '../../limits.ts';
import { keyBytes } from '../../sql/key-text.ts';
import type { KeyValueRow } from '../../sql/rows/row.ts';
import { type EncodableKeyValue, KeyValueWriter } from '../../wire/key-value-writer.ts';
import type { KeyValueBlock } from '../results.ts';

/** The tag of field 2 of RangeResponse. */
export const kvsTag = 0x12;

const escapes = /[^ -~]/;
const writer = new KeyValueWriter();

/**
 * A row as the fields of its message. A key of printable ASCII is used as it is stored; other keys
 * are unescaped.
 */
export function encodable(keyValue: KeyValueRow): EncodableKeyValue {
  const { name, createRevision, modRevision, version, value, lease } = keyValue;
  return { key: escapes.test(name) ? keyBytes(name) : name, createRevision, modRevision, version, value, lease };
}

/** Encodes a row as one message, without tag and length. */
export function encodedMessage(keyValue: KeyValueRow): Uint8Array {
  writer.message(encodable(keyValue));
  return writer.take();
}

/** Encodes rows as one block. */
export function encodedBlock(keyValues: readonly KeyValueRow[]): KeyValueBlock {
  for (const keyValue of keyValues) writer.field(kvsTag, encodable(keyValue));
  return { bytes: writer.take(), count: keyValues.length };
}

/** Encodes rows one by one into blocks of bounded size. */
export class BlockEncoder {
  readonly #blocks: KeyValueBlock[] = [];
  readonly #writer = new KeyValueWriter();
  #count = 0;

  /** Encodes a row. The caller may reuse the buffer of its value afterwards. */
  add(keyValue: KeyValueRow): void {
    // After one full block, the next block is usually full too.
    if (this.#count === 0 && this.#blocks.length > 0) this.#writer.reserve(limits.rangeBlockBytesMax);
    this.#writer.field(kvsTag, encodable(keyValue));
    this.#count += 1;
    if (this.#writer.length >= limits.rangeBlockBytesMax - limits.rangeRowOverheadBytes) this.#end();
  }

  /** Ends the encoding and returns all blocks. */
  blocks(): readonly KeyValueBlock[] {
    if (this.#count > 0) this.#end();
    return this.#blocks;
  }

  #end(): void {
    this.#blocks.push({ bytes: this.#writer.take(), count: this.#count });
    this.#count = 0;
  }
}
