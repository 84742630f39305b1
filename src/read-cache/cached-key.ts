import type { RowId } from '../mvcc/ids.ts';
import { cacheLimits } from './cache-limits.ts';
import type { CacheEntry } from './lru-order.ts';

/** One key with its encoded key-value, or the fact that the key does not exist. */
export class CachedKey implements CacheEntry {
  readonly name: string;
  /** The value was read at this id: it includes all earlier events. */
  readonly asOf: RowId;
  /** `absent`: the key does not exist. */
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
