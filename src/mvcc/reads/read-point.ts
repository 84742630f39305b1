/** Where in the log a read looks, and which names it covers. */
import { endOfKeys, successor } from '../../sql/key-text.ts';
import { idThroughRevision } from '../head.ts';
import type { Keys, Revision, RowId } from '../operations.ts';
import type { Program } from '../program.ts';

/** The newest rows, or those at an id. */
export type ReadPoint = { readonly source: 'current' } | { readonly source: 'history'; readonly throughId: RowId };

/** The point at which a revision is read. `latest` is the revision of the newest rows. */
export function* readPoint(revision: Revision, latest: Revision): Program<ReadPoint> {
  if (revision === latest) return { source: 'current' };
  return { source: 'history', throughId: yield* idThroughRevision(revision) };
}

/** Names from `start` on and before `end`. */
export interface NameInterval {
  readonly start: string;
  readonly end: string;
}

/** The names that keys cover. A single key is the interval up to its successor. */
export function nameInterval(keys: Keys): NameInterval {
  if ('one' in keys) return { start: keys.one, end: successor(keys.one) };
  return { start: keys.start, end: keys.end ?? endOfKeys };
}
