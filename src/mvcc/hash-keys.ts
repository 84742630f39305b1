/** The hash of the keys' history, as etcd computes it to compare its members. */
import { etcdError } from '../errors.ts';
import { ANY_CURRENT } from '../sql/key-bucket-statements.ts';
import type { KeyText } from '../sql/key-text.ts';
import { endOfKeys } from '../sql/key-text.ts';
import { crc32c } from '../wire/crc32c.ts';
import { checkReadable, headProgram, idThroughRevision, type MarkedHead } from './head.ts';
import type { Revision, RowId } from './operations.ts';
import { type Program, row } from './program.ts';
import { rangeRows } from './range-rows.ts';
import type { DatabaseFacts } from './read-programs.ts';
import type { Head } from './results.ts';
import { hashPage, nextSnapshotPage, type PagePlace } from './snapshot-pages.ts';

/** A hash under way; without a position it begins. */
export interface HashRequest {
  readonly revision: Revision;
  readonly position: HashPosition | undefined;
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
  readonly hash: number;
  /** Undefined: the hash is complete. */
  readonly next: HashPosition | undefined;
}

const bucketName = Buffer.from('key');

/**
 * Hashes the next stretch. Rows at or below the compaction mark count while they are there at the revision itself; when no key is there then, etcd passes none of them
 * over. Once the mark has moved, rows may be gone.
 *
 * @throws EtcdError `compacted` when the revision is, or the mark has moved under way.
 */
export function* hashKeys({ revision: asked, position }: HashRequest, facts: DatabaseFacts): Program<HashedStretch> {
  const head = yield* headProgram();
  const { place, revision, hash: before } = position ?? (yield* begin(asked, head));
  if (place.stretch.compactId !== head.compactId) throw etcdError('compacted');
  if (isOver(place)) return { head, revision, hash: before, next: undefined };
  const { page, next } = yield* nextSnapshotPage(place, facts);
  const hash = hashPage(page, before);
  return { head, revision, hash, next: isOver(next) ? undefined : { place: next, revision, hash } };
}

function isOver({ stretch }: PagePlace): boolean {
  return stretch.afterId >= stretch.lastId;
}

function* begin(asked: Revision, head: MarkedHead): Program<HashPosition> {
  if (asked > 0) checkReadable(asked, head);
  const revision = asked === 0 ? head.revision : asked;
  const lastId = revision === head.revision ? head.id : yield* idThroughRevision(revision);
  const { compactId } = head;
  const thereAtId = (yield* isAnyKeyThere(lastId, head)) ? lastId : compactId;
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
