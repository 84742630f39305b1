/** Rows of the statements of events: a row of the log and the row that it replaced. */

import { prefixed } from '../shape.ts';
import type { Shape } from '../statement.ts';
import { type KeyValueRow, keyValueAt, keyValueColumns } from './row.ts';

/** The change of a key by a row of the log. */
export interface RowEvent {
  readonly isDelete: boolean;
  /** The row. */
  readonly keyValue: KeyValueRow;
  /** The key-value before the row. */
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
