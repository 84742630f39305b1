/** The point in the log at which a read reads. */

import { idThroughRevision } from '../head.ts';
import type { Revision, RowId } from '../ids.ts';
import type { Program } from '../program.ts';

/** The newest rows, or the newest rows at an id. */
export type ReadPoint = { readonly source: 'current' } | { readonly source: 'history'; readonly throughId: RowId };

/** The point at which a revision is read. `latest` is the revision of the newest rows. */
export function* readPoint(revision: Revision, latest: Revision): Program<ReadPoint> {
  if (revision === latest) return { source: 'current' };
  return { source: 'history', throughId: yield* idThroughRevision(revision) };
}
