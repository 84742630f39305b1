/** The head, and the conversion of revisions to ids. */

import { etcdError } from '../errors.ts';
import type { HeadRow } from '../sql/rows/head-row.ts';
import type { Row, Select } from '../sql/statement.ts';
import { HEAD, ID_THROUGH_REVISION } from '../sql/statements/read-statements.ts';
import { initialAuthState } from './auth/auth-state.ts';
import type { Revision, RowId } from './ids.ts';
import { type Program, query, rawRows, row } from './program.ts';
import type { Head } from './results.ts';

/** The head, and the id at the compaction mark. */
export type MarkedHead = HeadRow;

/** Reads the head in this transaction. */
export function* headProgram(): Program<MarkedHead> {
  return headOf(yield* rawRows(query(HEAD)));
}

/** The head in the rows of a statement. A store without rows is at 0. */
export function headOf(found: readonly Row[] | undefined, { decode }: Select<HeadRow> = HEAD): MarkedHead {
  const first = found?.[0];
  return first === undefined ? emptyHead : decode(first);
}

const emptyHead: MarkedHead = { id: 0, revision: 0, compactId: 0, compactRevision: -1, authState: initialAuthState };

/** The last id at or before a revision. Rows after it have a later revision. */
export function* idThroughRevision(revision: Revision): Program<RowId> {
  return (yield* row(ID_THROUGH_REVISION, revision)) ?? 0;
}

/** Throws etcd's error if a revision cannot be read. 0, the latest, can always be read. */
export function checkReadable(revision: Revision, head: Head): void {
  if (revision > head.revision) throw etcdError('futureRevision');
  if (revision !== 0 && revision < head.compactRevision) throw etcdError('compacted');
}
