/** The numbers and keys that operations and results name. */
import type { Interval, KeyText } from '../sql/key-text.ts';

/** An etcd revision. A number: at 100,000 commits a second 2^53 lasts 2,850 years. 0 means "none" or "the latest". */
export type Revision = number;

/** A row's id in table `kine`. Equal to its revision until a transaction has written several keys. */
export type RowId = number;

/** A lease's id, 63 bits, chosen by clients; 0n is "no lease". */
export type LeaseId = bigint;

/** An instance's id, 63 bits. */
export type MemberId = bigint;

/** One key, or an interval of them. */
export type Keys = { readonly one: KeyText } | Interval;
