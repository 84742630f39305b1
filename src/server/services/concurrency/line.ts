import type { LeaseId, Revision } from '../../../mvcc/operations.ts';
import { type Interval, type KeyText, keyText } from '../../../sql/key-text.ts';

const slash = Buffer.from('/');
/** The byte after the slash. */
const afterSlash = Buffer.from('0');

/**
 * All keys under `NAME/`: a lock's or an election's. Whose key was created first holds the lock, or leads; the others wait, each for the one before it. etcd's clients form
 * the same lines by themselves.
 */
export function lineOf(name: Uint8Array): Interval {
  return { start: keyText(Buffer.concat([name, slash])), end: keyText(Buffer.concat([name, afterSlash])) };
}

/** The key with which a lease stands in a line, as etcd writes it: the lease's number in hexadecimal, a minus before it when it is negative. */
export function keyInLine(name: Uint8Array, lease: LeaseId): Uint8Array {
  return Buffer.concat([name, slash, Buffer.from(lease.toString(16))]);
}

/** A key that stands in a line. */
export interface Place {
  readonly line: Interval;
  readonly key: KeyText;
  /** It goes with the key: a key that is deleted and made anew stands at the end. */
  readonly createRevision: Revision;
  /** The key was there at this revision. */
  readonly seenRevision: Revision;
}
