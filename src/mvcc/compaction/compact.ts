/** Compaction: sets the mark first, then deletes rows in chunks. */

import { etcdError } from '../../errors.ts';
import {
  COMPACTED_ID,
  DELETE_ROWS,
  SET_COMPACT_MARK,
  SET_COMPACTED_ID,
  UNREACHABLE_ROWS,
} from '../../sql/statements/write-statements.ts';
import { headProgram, idThroughRevision } from '../head.ts';
import type { Revision } from '../ids.ts';
import { change, changeEach, type Program, row, rows } from '../program.ts';
import type { CompactedChunk } from '../results.ts';
import type { WriteState } from '../writes/write-state.ts';
import { type CompactionHash, keepCompactionHash } from './compaction-hash.ts';
import { isCompactionHeld } from './compaction-hold.ts';

interface CompactMark {
  readonly revision: Revision;
  readonly hash?: CompactionHash | undefined;
}

/** Sets the mark. Reads below the mark fail from now on. */
export function* setCompactMark({ revision, hash }: CompactMark, state: WriteState): Program<void> {
  if (revision <= state.compactRevision) throw etcdError('compacted');
  if (revision > state.head.revision) throw etcdError('futureRevision');
  yield* state.flush();
  const id = yield* idThroughRevision(revision);
  yield* change(SET_COMPACT_MARK, id);
  // After another compaction in between, etcd would have a different hash.
  if (hash?.compactRevision === state.compactRevision) yield* keepCompactionHash(hash);
  state.compactId = id;
  state.compactRevision = revision;
}

/** The number of ids up to the mark whose unreachable rows are not deleted yet. */
export function* idsToCompact(): Program<number> {
  const { compactId } = yield* headProgram();
  return Math.max(0, compactId - (yield* compactedId()));
}

function* compactedId(): Program<number> {
  return (yield* row(COMPACTED_ID)) ?? 0;
}

/**
 * Deletes unreachable rows in the next chunk of at most `idsMax` ids below the mark, unless a hold
 * exists.
 */
export function* compactChunk(
  { nowMs, idsMax }: { readonly nowMs: number; readonly idsMax: number },
  state: WriteState,
): Program<CompactedChunk> {
  const fromId = yield* compactedId();
  const throughId = Math.min(state.compactId, fromId + idsMax);
  if (fromId >= throughId) return { deletedRows: 0, idsLeft: 0, isHeld: false };
  if (yield* isCompactionHeld(nowMs)) return { deletedRows: 0, idsLeft: state.compactId - fromId, isHeld: true };
  yield* state.flush();
  const unreachable = yield* rows(UNREACHABLE_ROWS, fromId, throughId, fromId, throughId);
  const deletedRows = yield* changeEach(
    DELETE_ROWS,
    unreachable.map((id) => [id]),
  );
  // The newest row of the log stays, even a tombstone: the next compaction checks it again.
  yield* change(SET_COMPACTED_ID, Math.min(throughId, state.head.id - 1));
  return { deletedRows, idsLeft: state.compactId - throughId, isHeld: false };
}
