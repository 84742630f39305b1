import type { RowId } from '../mvcc/operations.ts';
import { cacheLimits } from './cache-limits.ts';
import type { CacheEntry } from './lru-order.ts';

/** One key and its encoded key-value, or that it is not there. */
export class CachedKey implements CacheEntry {
  readonly name: string;
  /** What was read is as of this id: earlier events are in it. */
  readonly asOf: RowId;
  /** `absent`: there is no such key. */
  bytes: Uint8Array;
  older: CacheEntry | undefined;
  newer: CacheEntry | undefined;

  constructor(name: string, bytes: Uint8Array, asOf: RowId) {
    this.name = name;
    this.bytes = bytes;
    this.asOf = asOf;
  }

  get entryBytes(): number {
    return this.name.length + this.bytes.length + cacheLimits.keyOverheadBytes;
  }
}
