/** The hash of the keys' history, as etcd computes it to compare its members. */
import { etcdError } from '../../errors.ts';
import type { KeyText } from '../../sql/key-text.ts';
import { endOfKeys } from '../../sql/key-text.ts';
import { DELETION_AT } from '../../sql/statements/compaction-hash-statements.ts';
import { ANY_CURRENT } from '../../sql/statements/key-bucket-statements.ts';
import { crc32c } from '../../wire/crc32c.ts';
import { compactionHashAt } from '../compaction/compaction-hash.ts';
import type { DatabaseFacts } from '../database-facts.ts';
import { checkReadable, headProgram, idThroughRevision, type MarkedHead } from '../head.ts';
import type { Revision, RowId } from '../operations.ts';
import { type Program, row } from '../program.ts';
import { rangeRows } from '../reads/range-rows.ts';
import type { Head } from '../results.ts';
import { hashPage, nextSnapshotPage, type PagePlace } from './snapshot-pages.ts';

/** A hash under way; without a position it begins. */
export interface HashRequest {
  readonly revision: Revision;
  readonly position: HashPosition | undefined;
  /** The hash that a compaction at this revision is to leave. */
  readonly forCompaction: boolean;
}

export interface HashPosition {
  readonly place: PagePlace;
  readonly revision: Revision;
  readonly hash: number;
}

export interface HashedStretch {
  readonly head: Head;
  /** The revision that is hashed. */
  readonly revision: Revision;
  /** The compaction mark at which the hash is computed; -1: nothing is compacted. */
  readonly compactRevision: Revision;
  readonly hash: number;
  /** Undefined: the hash is complete. */
  readonly next: HashPosition | undefined;
}

const bucketName = Buffer.from('key');

/**
 * Hashes the next stretch. Rows at or below the compaction mark count while they are there at the revision itself; when no key is there then, etcd passes none of them
 * over. Once the mark has moved, rows may be gone. At the revision of a physical compaction the hash is the one that the compaction left.
 *
 * @throws EtcdError `compacted` when the revision is, or the mark has moved under way.
 */
export function* hashKeys(request: HashRequest, facts: DatabaseFacts): Program<HashedStretch> {
  const { revision: asked, position, forCompaction } = request;
  const head = yield* headProgram();
  // Before the revision is checked: etcd returns it also when the mark has moved on.
  const left = position !== undefined || forCompaction || asked <= 0 ? undefined : yield* compactionHashAt(asked);
  if (left !== undefined) return { head, ...left, next: undefined };
  const { place, revision, hash: before } = position ?? (yield* begin(request, head));
  if (place.stretch.compactId !== head.compactId) throw etcdError('compacted');
  const base = { head, revision, compactRevision: head.compactRevision };
  if (isOver(place)) return { ...base, hash: before, next: undefined };
  const { page, next } = yield* nextSnapshotPage(place, facts);
  const hash = hashPage(page, before);
  return { ...base, hash, next: isOver(next) ? undefined : { place: next, revision, hash } };
}

function isOver({ stretch }: PagePlace): boolean {
  return stretch.afterId >= stretch.lastId;
}

function* begin({ revision: asked, forCompaction }: HashRequest, head: MarkedHead): Program<HashPosition> {
  if (asked > 0) checkReadable(asked, head);
  const revision = asked === 0 ? head.revision : asked;
  const lastId = revision === head.revision ? head.id : yield* idThroughRevision(revision);
  const { compactId } = head;
  // etcd's compaction also counts the deletions of its own revision as being there.
  const isAnyThere =
    (yield* isAnyKeyThere(lastId, head)) ||
    (forCompaction && (yield* row(DELETION_AT, lastId, revision)) !== undefined);
  const thereAtId = isAnyThere ? lastId : compactId;
  const stretch = { afterId: 0, lastId, compactId, thereAtId };
  return { revision, hash: crc32c(bucketName), place: { stretch, cuts: [] } };
}

function* isAnyKeyThere(atId: RowId, head: Head): Program<boolean> {
  if (atId === head.id) return (yield* row(ANY_CURRENT)) !== undefined;
  const found = yield* rangeRows(anyKey, {
    interval: { start: anyKey.keys.start, end: endOfKeys },
    point: { source: 'history', throughId: atId },
    rowsMax: 1,
    bytesMax: undefined,
  });
  return found.length > 0;
}

const anyKey = {
  kind: 'range',
  keys: { start: '' as KeyText, end: undefined },
  revision: 0,
  limit: 1,
  sort: undefined,
  keysOnly: true,
  countOnly: false,
  revisionFilter: undefined,
} as const;
