import type { RowId } from '../mvcc/operations.ts';
import { cacheLimits } from './cache-limits.ts';
import type { Held } from './recency.ts';

/** One key and its encoded key-value, or that it is not there. */
export class CachedKey implements Held {
  readonly name: string;
  /** What was read is as of this id: earlier events are in it. */
  readonly asOf: RowId;
  /** `absent`: there is no such key. */
  bytes: Uint8Array;
  older: Held | undefined;
  newer: Held | undefined;

  constructor(name: string, bytes: Uint8Array, asOf: RowId) {
    this.name = name;
    this.bytes = bytes;
    this.asOf = asOf;
  }

  get heldBytes(): number {
    return this.name.length + this.bytes.length + cacheLimits.keyOverheadBytes;
  }
}
