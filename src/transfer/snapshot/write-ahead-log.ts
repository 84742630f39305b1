/** Reads the last entries of an etcd write-ahead log: the db of a data directory may lack them. */
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { Reader } from '../../wire/reader.ts';
import { WireError } from '../../wire/wire-error.ts';

/** The index of the last entry. Undefined: no entry can be read. */
export function lastEntryIndex(directory: string): number | undefined {
  const segments = readdirSync(directory)
    .filter((name) => name.endsWith('.wal'))
    .sort();
  for (const segment of segments.reverse()) {
    const index = lastIndexIn(join(directory, segment));
    if (index !== undefined) return index;
  }
  return undefined;
}

/**
 * The index of the last entry of a segment. A frame contains the length of its record, and in the
 * highest byte the padding to 8 bytes. Zeros mean that nothing was written yet.
 */
function lastIndexIn(path: string): number | undefined {
  const file = openSync(path, 'r');
  try {
    const frame = Buffer.alloc(8);
    let last: number | undefined;
    for (let at = 0; readSync(file, frame, 0, 8, at) === 8; ) {
      const bytes = frame.readUIntLE(0, 6);
      if (bytes === 0 || bytes > recordBytesMax) return last;
      const padding = frame[7] as number;
      const record = Buffer.alloc(bytes);
      if (readSync(file, record, 0, bytes, at + 8) < bytes) return last;
      last = entryIndex(record) ?? last;
      at += 8 + bytes + ((padding & 0x80) === 0 ? 0 : padding & 0x07);
    }
    return last;
  } finally {
    closeSync(file);
  }
}

/** More than any request that etcd accepts. */
const recordBytesMax = 512 * 1024 * 1024;

/** Field tags of the record and of the entry in it. */
const recordType = 0x08;
const recordData = 0x1a;
const entryType = 2;
const entryIndexField = 0x18;

function entryIndex(record: Buffer): number | undefined {
  try {
    let type = 0;
    let index: number | undefined;
    const reader = new Reader(record);
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      if (tag === recordType) type = reader.uint32();
      else if (tag === recordData && type === entryType) index = indexOf(reader.bytes());
      else reader.skip(tag);
    }
    return index;
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

function indexOf(entry: Uint8Array): number | undefined {
  const reader = new Reader(entry);
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === entryIndexField) return reader.uint64();
    reader.skip(tag);
  }
  return undefined;
}
