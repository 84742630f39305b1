/** Where the store stands, and what a revision means in ids. */
import { etcdError } from '../errors.ts';
import { HEAD, ID_THROUGH_REVISION } from '../sql/read-statements.ts';
import { numberAt } from '../sql/row.ts';
import type { Row } from '../sql/statement.ts';
import { untouchedAuth } from './auth-state.ts';
import type { Revision, RowId } from './operations.ts';
import { type Program, row, rows } from './program.ts';
import type { Head } from './results.ts';

/** The head, and the id at the compaction mark. */
export interface MarkedHead extends Head {
  readonly compactId: RowId;
}

/** The head of this snapshot. */
export function* headProgram(): Program<MarkedHead> {
  return headOf(yield* rows(HEAD));
}

/** The head that statement `HEAD` found. */
export function headOf(rows: readonly Row[] | undefined): MarkedHead {
  const found = rows?.[0];
  if (found === undefined) return { id: 0, revision: 0, compactId: 0, compactRevision: -1, authState: untouchedAuth };
  return {
    id: numberAt(found, 0),
    revision: numberAt(found, 1),
    compactId: numberAt(found, 2),
    compactRevision: numberAt(found, 3),
    authState: numberAt(found, 4),
  };
}

/** How many columns statement `HEAD` has. */
export const headColumnCount = 5;

/** The last id at or before a revision; rows after it are later. */
export function* idThroughRevision(revision: Revision): Program<RowId> {
  const found = yield* row(ID_THROUGH_REVISION, revision);
  return found === undefined ? 0 : numberAt(found, 0);
}

/**
 * Throws etcd's error when a read names a revision that is not there; 0, the latest, always is.
 */
export function checkReadable(revision: Revision, head: Head): void {
  if (revision > head.revision) throw etcdError('futureRevision');
  if (revision !== 0 && revision < head.compactRevision) throw etcdError('compacted');
}
