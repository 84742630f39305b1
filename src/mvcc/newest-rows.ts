/** The newest row of a key, which may be a tombstone. */
import { type KeyValueRow, keyValueRow, numberAt } from '../sql/row.ts';
import type { Row } from '../sql/statement.ts';
import type { RowId } from './operations.ts';

export interface NewestRow {
  readonly id: RowId;
  /** Undefined: the key is deleted. */
  readonly keyValue: KeyValueRow | undefined;
  /** The value was left out, because it is large (`NEWEST_SMALL_ROWS`). */
  readonly isLarge?: boolean;
}

/** The same, and whether its value was read along: it is null where it was not. */
export interface KnownRow extends NewestRow {
  readonly hasValue: boolean;
}

/** Of a name that no row has. */
export const neverThere: KnownRow = { id: 0, keyValue: undefined, hasValue: true };

/** What a statement of newest rows found, by name. `start`: where their columns begin; all are NULL where there is no row. */
export function newestByName(found: readonly Row[] | undefined, start = 0): Map<string, NewestRow> {
  const newest = new Map<string, NewestRow>();
  for (const each of found ?? []) {
    const deleted = each[start + deletedColumn];
    if (deleted === null) continue;
    newest.set(each[start + nameColumn] as string, {
      id: numberAt(each, start + newestRowIdColumn),
      keyValue: deleted === 1 ? undefined : keyValueRow(each, start + nameColumn),
      isLarge: each[start + isLargeColumn] === 1,
    });
  }
  return newest;
}

const deletedColumn = 0;
const nameColumn = 1;
/** Where a row of `NEWEST_ROWS` has its id. */
export const newestRowIdColumn = 2;
/** After the value. Other statements do not have it. */
const isLargeColumn = 8;
