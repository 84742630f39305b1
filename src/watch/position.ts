import type { Revision, RowId } from '../mvcc/operations.ts';

/** How far someone has read: every event up to the row was considered, and that row's revision is this one. */
export interface Position {
  readonly id: RowId;
  readonly revision: Revision;
}
