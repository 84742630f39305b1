import type { Revision, RowId } from '../mvcc/ids.ts';

/**
 * A position in the log: every event up to the row with this id was considered. `revision` is the
 * revision of this row.
 */
export interface Position {
  readonly id: RowId;
  readonly revision: Revision;
}
