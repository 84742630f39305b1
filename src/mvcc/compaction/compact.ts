/** Compaction: sets the mark first, then deletes rows in chunks. */

import { etcdError } from '../../errors.ts';
import {
  COMPACTED_ID,
  DELETE_ROWS,
  SET_COMPACT_MARK,
  SET_COMPACTED_ID,
  SET_DELETED_MARK_ID,
  UNREACHABLE_ROWS,
} from '../../sql/statements/write-statements.ts';
import { headProgram, idThroughRevision } from '../head.ts';
import type { Revision, RowId } from '../ids.ts';
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
 * exists. As in etcd, the deletes of the compacted revision itself stay in the log, because a watch
 * may begin at this revision.
 */
export function* compactChunk(
  { nowMs, idsMax }: { readonly nowMs: number; readonly idsMax: number },
  state: WriteState,
): Program<CompactedChunk> {
  const { compactId, compactRevision } = state;
  const fromId = yield* compactedId();
  const throughId = Math.min(compactId, fromId + idsMax);
  if (fromId >= throughId) return { deletedRows: 0, idsLeft: 0, isHeld: false };
  if (yield* isCompactionHeld(nowMs)) return { deletedRows: 0, idsLeft: compactId - fromId, isHeld: true };
  yield* state.flush();
  const beforeMarkId = yield* idThroughRevision(compactRevision - 1);
  const unreachable = yield* unreachableRows(fromId, throughId);
  const deletedRows = yield* changeEach(
    DELETE_ROWS,
    unreachable.filter((id) => id <= beforeMarkId).map((id) => [id]),
  );
  const kept = throughId < compactId ? [] : yield* unreachableRows(beforeMarkId, compactId);
  // The next compaction checks the rows that stay again. The newest row of the log stays too, even
  // a tombstone.
  const checkedId = kept
    .filter((id) => id > beforeMarkId)
    .reduce((lowest, id) => Math.min(lowest, id - 1), Math.min(throughId, state.head.id - 1));
  yield* change(SET_COMPACTED_ID, checkedId);
  yield* change(SET_DELETED_MARK_ID, compactId);
  return { deletedRows, idsLeft: compactId - throughId, isHeld: false };
}

/** The unreachable rows of an interval of ids, and the rows that this interval has replaced. */
function unreachableRows(fromId: RowId, throughId: RowId): Program<readonly RowId[]> {
  return rows(UNREACHABLE_ROWS, fromId, throughId, fromId, throughId);
}
