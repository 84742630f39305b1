/** The point in the log at which a read reads, and the names that it covers. */
import { endOfKeys, successor } from '../../sql/key-text.ts';
import { idThroughRevision } from '../head.ts';
import type { Keys, Revision, RowId } from '../operations.ts';
import type { Program } from '../program.ts';

/** The newest rows, or the newest rows at an id. */
export type ReadPoint = { readonly source: 'current' } | { readonly source: 'history'; readonly throughId: RowId };

/** The point at which a revision is read. `latest` is the revision of the newest rows. */
export function* readPoint(revision: Revision, latest: Revision): Program<ReadPoint> {
  if (revision === latest) return { source: 'current' };
  return { source: 'history', throughId: yield* idThroughRevision(revision) };
}

/** Names from `start` on, without `end`. */
export interface NameInterval {
  readonly start: string;
  readonly end: string;
}

/** The interval of names of some keys. A single key is the interval up to its successor. */
export function nameInterval(keys: Keys): NameInterval {
  if ('one' in keys) return { start: keys.one, end: successor(keys.one) };
  return { start: keys.start, end: keys.end ?? endOfKeys };
}
