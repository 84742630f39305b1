/** The head, as statement `HEAD` returns it. */
import { numberAt } from '../shape.ts';
import type { ColumnTypes, Row, Shape, Values } from '../statement.ts';

export interface HeadRow {
  /** The id and the revision of the newest row. */
  readonly id: number;
  readonly revision: number;
  /** The id and the revision of the compaction mark. */
  readonly compactId: number;
  readonly compactRevision: number;
  /** Twice the auth revision, plus 1 while auth is on. */
  readonly authState: number;
}

export const headColumns = {
  id: 'integer',
  revision: 'integer',
  compactId: 'integer',
  compactRevision: 'integer',
  authState: 'integer',
} as const satisfies ColumnTypes;

export const headShape: Shape<HeadRow> = {
  columns: headColumns,
  decode: (row) => ({
    id: numberAt(row, 0),
    revision: numberAt(row, 1),
    compactId: numberAt(row, 2),
    compactRevision: numberAt(row, 3),
    authState: numberAt(row, 4),
  }),
};

/** The id of the newest row. */
export function headId(head: Row): number {
  return numberAt(head as Values, 0);
}

/** The head after writes that changed only the newest row. */
export function movedHead(head: Row, { id, revision }: Pick<HeadRow, 'id' | 'revision'>): Row {
  return [id, revision, ...(head as Values).slice(2)];
}
