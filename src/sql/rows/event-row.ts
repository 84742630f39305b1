/** A row of the log with the row that it replaced, as the statements of events return it. */

import { prefixed } from '../shape.ts';
import type { Shape } from '../statement.ts';
import { type KeyValueRow, keyValueAt, keyValueColumns } from './row.ts';

/** What a row of the log did to its key. */
export interface RowEvent {
  readonly isDelete: boolean;
  /** The row. */
  readonly keyValue: KeyValueRow;
  /** As it was before the row. */
  readonly previous: KeyValueRow | undefined;
}

export interface EventRow extends RowEvent {
  /** False: a gap or the compaction mark. */
  readonly isEvent: boolean;
}

export const eventShape: Shape<EventRow> = {
  columns: {
    isEvent: 'integer',
    ...keyValueColumns,
    deleted: 'integer',
    ...prefixed('older', keyValueColumns),
  },
  decode: (row) => ({
    isEvent: row[0] === 1,
    isDelete: row[8] === 1,
    keyValue: keyValueAt(row, 1),
    previous: row[9] === null ? undefined : keyValueAt(row, 9),
  }),
};
