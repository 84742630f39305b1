/** Parses encoded key-values: their keys, and whether a key-value is the first version. */
import { assert } from '../errors.ts';
import { kvsTag } from '../mvcc/reads/encode-row.ts';
import { keyText } from '../sql/key-text.ts';

/** A key-value in a block, with its key. The bytes are a part of the block. */
export type NamedBytes = readonly [name: string, bytes: Uint8Array];

/**
 * Tags of mvccpb.KeyValue. The codec writes the fields in this order, and always writes the key.
 */
const keyTag = 0x0a;
const createRevisionTag = 0x10;
const modRevisionTag = 0x18;
const versionTag = 0x20;

/** The key-values of a block, one by one. */
export function* keyValuesOf(block: Uint8Array): Generator<NamedBytes> {
  for (let start = 0; start < block.length; ) {
    const key = keyOf(block, start);
    yield [keyText(block.subarray(key.start, key.end)), block.subarray(start, key.messageEnd)];
    start = key.messageEnd;
  }
}

/** Whether a key-value is the first version since its key was created. */
export function isFirstVersion(bytes: Uint8Array): boolean {
  let offset = keyOf(bytes, 0).end;
  for (const tag of [createRevisionTag, modRevisionTag]) {
    if (bytes[offset] === tag) offset = endOfVarint(bytes, offset + 1);
  }
  return bytes[offset] === versionTag && bytes[offset + 1] === 1;
}

function keyOf(block: Uint8Array, start: number): { start: number; end: number; messageEnd: number } {
  assert(block[start] === kvsTag, 'a block is a run of key-values');
  const messageStart = endOfVarint(block, start + 1);
  assert(block[messageStart] === keyTag, 'a key-value begins with its key');
  const keyStart = endOfVarint(block, messageStart + 1);
  return {
    start: keyStart,
    end: keyStart + lengthAt(block, messageStart + 1),
    messageEnd: messageStart + lengthAt(block, start + 1),
  };
}

/** Reads a length of up to 31 bits. */
function lengthAt(bytes: Uint8Array, offset: number): number {
  let length = 0;
  for (let index = 0; ; index += 1) {
    const byte = bytes[offset + index] as number;
    length |= (byte & 0x7f) << (7 * index);
    if (byte < 0x80) return length;
  }
}

function endOfVarint(bytes: Uint8Array, offset: number): number {
  let end = offset;
  while ((bytes[end] as number) >= 0x80) end += 1;
  return end + 1;
}
