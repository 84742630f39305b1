/** What is known of the newest row of a key. */
import type { NewestRow } from '../../sql/rows/newest-row.ts';

/** The row, and whether its value was read along: it is null where it was not. */
export interface KnownRow extends NewestRow {
  readonly hasValue: boolean;
}

/** Of a name that no row has. */
export const neverThere: KnownRow = { id: 0, keyValue: undefined, hasValue: true };
