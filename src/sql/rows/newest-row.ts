/** Rows of the statements of newest rows: the newest row of a key, which may be a tombstone. */

import { numberAt, prefixed } from '../shape.ts';
import type { Row, Shape, Values } from '../statement.ts';
import { type HeadRow, headColumns, headShape } from './head-row.ts';
import { type KeyValueRow, keyColumns, keyValueAt } from './row.ts';

export interface NewestRow {
  readonly id: number;
  /** Undefined: the key is deleted. */
  readonly keyValue: KeyValueRow | undefined;
  /** The value was not selected, because it is large (`NEWEST_SMALL_ROWS`). */
  readonly isLarge?: boolean;
}

const bareColumns = { deleted: 'integer', ...keyColumns } as const;
const wholeColumns = { ...bareColumns, value: 'bytes' } as const;
const smallColumns = { ...wholeColumns, isLarge: 'integer' } as const;

// The positions of these columns, which are the same in all three.
const deletedColumn = 0;
const nameColumn = 1;
const idColumn = 2;
const isLargeColumn = 8;

/** Newest rows without values, with values, and with values that are not large. */
export const newestShapes = {
  bare: { columns: bareColumns, decode: (row) => newestAt(row, 0) },
  whole: { columns: wholeColumns, decode: (row) => newestAt(row, 0) },
  small: { columns: smallColumns, decode: (row) => newestAt(row, 0) },
} as const satisfies Record<string, Shape<NewestRow>>;

/** Rows that begin with the head, for a statement that selects both. */
export const headAndNewestShape: Shape<HeadRow> = {
  columns: { ...prefixed('head', headColumns), ...smallColumns },
  decode: headShape.decode,
};

const headColumnCount = Object.keys(headColumns).length;

/** Newest rows by name. */
export function newestByName(found: readonly Row[] | undefined): Map<string, NewestRow> {
  return byName(found ?? [], 0);
}

/** The newest rows after the head, by name. If there is no newest row, all its columns are NULL. */
export function newestAfterHead(found: readonly Row[]): Map<string, NewestRow> {
  return byName(found, headColumnCount);
}

/** The id of a newest row. */
export function idOfNewest(row: Row): number {
  return numberAt(row as Values, idColumn);
}

function byName(found: readonly Row[], start: number): Map<string, NewestRow> {
  const newest = new Map<string, NewestRow>();
  for (const row of found as readonly Values[]) {
    if (row[start + deletedColumn] === null) continue;
    newest.set(row[start + nameColumn] as string, newestAt(row, start));
  }
  return newest;
}

function newestAt(row: Values, start: number): NewestRow {
  return {
    id: numberAt(row, start + idColumn),
    keyValue: row[start + deletedColumn] === 1 ? undefined : keyValueAt(row, start + nameColumn),
    isLarge: row[start + isLargeColumn] === 1,
  };
}
