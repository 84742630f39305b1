/**
 * The hash at the revision of a physical compaction, computed before the compaction deletes rows.
 * Afterwards HashKV returns this hash at this revision, as in etcd: the hashes from before and
 * after the compaction are equal. The last ten are stored in the database, so that all instances
 * return the same hash.
 */
import {
  COMPACTION_HASHES,
  compactionHashName,
  DROP_COMPACTION_HASH,
  revisionsOfName,
} from '../../sql/statements/compaction-hash-statements.ts';
import { SET_STATE } from '../../sql/statements/state-statements.ts';
import type { Revision } from '../ids.ts';
import { change, insertEach, type Program, rows } from '../program.ts';

export interface CompactionHash {
  readonly revision: Revision;
  /** The compaction mark when the hash was computed; -1: nothing was compacted. */
  readonly compactRevision: Revision;
  readonly hash: number;
}

/** The number of hashes that etcd keeps. */
const keptCount = 10;

/** The hash that a compaction at this revision stored. */
export function* compactionHashAt(revision: Revision): Program<CompactionHash | undefined> {
  return (yield* compactionHashes()).find((each) => each.revision === revision);
}

/** Stores a hash. Of more than ten, the hashes of the oldest revisions are deleted. */
export function* keepCompactionHash(added: CompactionHash): Program<void> {
  const kept = (yield* compactionHashes()).toSorted((a, b) => b.revision - a.revision);
  for (const { revision, compactRevision } of kept.slice(keptCount - 1)) {
    yield* change(DROP_COMPACTION_HASH, compactionHashName(revision, compactRevision));
  }
  yield* insertEach(SET_STATE, [
    { name: compactionHashName(added.revision, added.compactRevision), value: added.hash },
  ]);
}

function* compactionHashes(): Program<readonly CompactionHash[]> {
  const found = yield* rows(COMPACTION_HASHES);
  return found.map(({ name, hash }) => ({ ...revisionsOfName(name), hash }));
}
