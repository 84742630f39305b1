/** The ids, revisions and keys in operations and results. */
import type { Interval } from '../kit/intervals.ts';
import { type KeyText, successor } from '../sql/key-text.ts';

/**
 * An etcd revision. A number is enough: at 100,000 commits a second, 2^53 lasts 2,850 years. 0
 * means "none" or "the latest".
 */
export type Revision = number;

/**
 * The id of a row in table `kine`. Ids equal revisions until a transaction has written several
 * keys.
 */
export type RowId = number;

/** The id of a lease: 63 bits, chosen by clients. 0n means "no lease". */
export type LeaseId = bigint;

/** The id of an instance: 63 bits. */
export type MemberId = bigint;

/** One key, or an interval of keys. */
export type Keys = { readonly one: KeyText } | Interval<KeyText>;

/** The interval of some keys. A single key is the interval up to its successor. */
export function intervalOf(keys: Keys): Interval {
  return 'one' in keys ? { start: keys.one, end: successor(keys.one) } : keys;
}

/** Whether these keys include a key. */
export function holdsKey(keys: Keys, key: string): boolean {
  return 'one' in keys ? keys.one === key : key >= keys.start && key < keys.end;
}
