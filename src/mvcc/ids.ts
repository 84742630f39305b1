/** The ids, revisions and keys in operations and results. */
import type { Interval, KeyText } from '../sql/key-text.ts';

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
export type Keys = { readonly one: KeyText } | Interval;
