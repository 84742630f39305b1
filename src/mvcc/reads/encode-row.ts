/** Rows as the messages that are sent. */
import { limits } from '../../limits.ts';
import { keyBytes } from '../../sql/key-text.ts';
import type { KeyValueRow } from '../../sql/rows/row.ts';
import { type EncodableKeyValue, KeyValueWriter } from '../../wire/key-value-writer.ts';
import type { KeyValueBlock } from '../results.ts';

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

/** Rows that come one by one, as blocks of bounded size. */
export class BlockEncoder {
  readonly #blocks: KeyValueBlock[] = [];
  readonly #writer = new KeyValueWriter();
  #count = 0;

  /** Encodes a row: its value may change afterwards. */
  add(keyValue: KeyValueRow): void {
    // What fills one block mostly fills another.
    if (this.#count === 0 && this.#blocks.length > 0) this.#writer.reserve(limits.rangeBlockBytesMax);
    this.#writer.field(kvsTag, encodable(keyValue));
    this.#count += 1;
    if (this.#writer.length >= limits.rangeBlockBytesMax - limits.rangeRowOverheadBytes) this.#end();
  }

  /** All blocks. Nothing is added afterwards. */
  blocks(): readonly KeyValueBlock[] {
    if (this.#count > 0) this.#end();
    return this.#blocks;
  }

  #end(): void {
    this.#blocks.push({ bytes: this.#writer.take(), count: this.#count });
    this.#count = 0;
  }
}
