/** The hash of the history of all keys, as etcd computes it to compare its members. */

import { etcdError } from '../../errors.ts';
import type { KeyText } from '../../sql/key-text.ts';
import { endOfKeys } from '../../sql/key-text.ts';
import { DELETION_AT } from '../../sql/statements/compaction-hash-statements.ts';
import { ANY_CURRENT } from '../../sql/statements/key-bucket-statements.ts';
import { crc32c } from '../../wire/crc32c.ts';
import { compactionHashAt } from '../compaction/compaction-hash.ts';
import type { DatabaseFacts } from '../database-facts.ts';
import { checkReadable, headProgram, idThroughRevision, type MarkedHead } from '../head.ts';
import type { Revision, RowId } from '../ids.ts';
import { newestRange } from '../operations.ts';
import { type Program, row } from '../program.ts';
import { rangeRows } from '../reads/range-rows.ts';
import type { Head } from '../results.ts';
import { hashPage, nextSnapshotPage, type SnapshotPosition } from './snapshot-pages.ts';

/** The next chunk of a hash. Without a position the hash begins. */
export interface HashRequest {
  readonly revision: Revision;
  readonly position: HashPosition | undefined;
  /** Computes the hash that a compaction at this revision stores. */
  readonly forCompaction: boolean;
}

export interface HashPosition {
  readonly pages: SnapshotPosition;
  readonly revision: Revision;
  readonly hash: number;
}

export interface HashChunk {
  readonly head: Head;
  /** The revision up to which the history is hashed. */
  readonly revision: Revision;
  /** The compaction mark at which the hash is computed; -1: nothing is compacted. */
  readonly compactRevision: Revision;
  readonly hash: number;
  /** Undefined: the hash is complete. */
  readonly next: HashPosition | undefined;
}

const bucketName = Buffer.from('key');

/**
 * Hashes the next chunk of the log. A row at or below the compaction mark counts if its key-value
 * exists at the hashed revision. If no key exists at that revision, a row counts if its key-value
 * exists at the mark, because etcd then skips none of them. At the revision of a physical
 * compaction, returns the hash that the compaction stored.
 *
 * @throws EtcdError `compacted` if the revision is compacted, or if the mark moved since the hash
 * began, because rows may be deleted.
 */
export function* hashKeys(request: HashRequest, facts: DatabaseFacts): Program<HashChunk> {
  const { revision: requested, position, forCompaction } = request;
  const head = yield* headProgram();
  // Before the revision is checked: etcd returns this hash even if the mark has moved further.
  const stored =
    position !== undefined || forCompaction || requested <= 0 ? undefined : yield* compactionHashAt(requested);
  if (stored !== undefined) return { head, ...stored, next: undefined };
  const { pages, revision, hash: before } = position ?? (yield* begin(request, head));
  if (pages.interval.compactId !== head.compactId) throw etcdError('compacted');
  const base = { head, revision, compactRevision: head.compactRevision };
  if (isComplete(pages)) return { ...base, hash: before, next: undefined };
  const { page, next } = yield* nextSnapshotPage(pages, facts);
  const hash = hashPage(page, before);
  return { ...base, hash, next: isComplete(next) ? undefined : { pages: next, revision, hash } };
}

function isComplete({ interval }: SnapshotPosition): boolean {
  return interval.afterId >= interval.lastId;
}

function* begin({ revision: requested, forCompaction }: HashRequest, head: MarkedHead): Program<HashPosition> {
  if (requested > 0) checkReadable(requested, head);
  const revision = requested === 0 ? head.revision : requested;
  const lastId = revision === head.revision ? head.id : yield* idThroughRevision(revision);
  const { compactId } = head;
  // etcd's compaction also counts the tombstones of its own revision as existing.
  const isAnyThere =
    (yield* isAnyKeyThere(lastId, head)) ||
    (forCompaction && (yield* row(DELETION_AT, lastId, revision)) !== undefined);
  const thereAtId = isAnyThere ? lastId : compactId;
  const interval = { afterId: 0, lastId, compactId, thereAtId };
  return { revision, hash: crc32c(bucketName), pages: { interval, cuts: [] } };
}

function* isAnyKeyThere(atId: RowId, head: Head): Program<boolean> {
  if (atId === head.id) return (yield* row(ANY_CURRENT)) !== undefined;
  const found = yield* rangeRows(anyKey, {
    interval: anyKey.keys,
    point: { source: 'history', throughId: atId },
    rowsMax: 1,
    bytesMax: undefined,
  });
  return found.length > 0;
}

const anyKey = {
  ...newestRange,
  keys: { start: '' as KeyText, end: endOfKeys },
  limit: 1,
  keysOnly: true,
} as const;
