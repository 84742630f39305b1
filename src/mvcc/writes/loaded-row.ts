/** The newest row of a key, as far as a batch has read it. */
import type { NewestRow } from '../../sql/rows/newest-row.ts';

/** `hasValue`: whether the value was read; otherwise it is null. */
export interface LoadedRow extends NewestRow {
  readonly hasValue: boolean;
}

/** The row of a name that was never written. */
export const neverWritten: LoadedRow = { id: 0, keyValue: undefined, hasValue: true };
