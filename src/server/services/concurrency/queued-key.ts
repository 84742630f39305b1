import type { Interval } from '../../../kit/intervals.ts';
import { outsidePool } from '../../../kit/memory.ts';
import type { LeaseId, Revision } from '../../../mvcc/ids.ts';
import { type KeyText, keyText } from '../../../sql/key-text.ts';

const slash = Buffer.from('/');
/** The byte after the slash. */
const afterSlash = Buffer.from('0');

/**
 * The queue of a lock or an election: all keys under `NAME/`. The client whose key was created
 * first holds the lock, or leads. Every other client waits for the key before its own. etcd's
 * clients use the same queues directly.
 */
export function queueOf(name: Uint8Array): Interval<KeyText> {
  return { start: keyText(Buffer.concat([name, slash])), end: keyText(Buffer.concat([name, afterSlash])) };
}

/**
 * The key of a lease in a queue, in etcd's form: the lease id in hexadecimal, with a minus if it is
 * negative.
 */
export function lockKey(name: Uint8Array, lease: LeaseId): Uint8Array {
  return outsidePool(Buffer.concat([name, slash, Buffer.from(lease.toString(16))]));
}

/** A key in a queue. */
export interface QueuedKey {
  readonly queue: Interval<KeyText>;
  readonly key: KeyText;
  /** It identifies the key: a key that is deleted and put again is at the end of the queue. */
  readonly createRevision: Revision;
  /** The key existed at this revision. */
  readonly seenRevision: Revision;
}
