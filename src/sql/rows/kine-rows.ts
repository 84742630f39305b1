/** Constructors of the kinds of rows in table `kine`. */

import { compactMarkName } from '../key-text.ts';
import type { KineRow } from './kine-table.ts';

/**
 * The largest TTL in kine's column, which has 31 bits on databases with integers of several sizes.
 */
export const kinesTtlSecondsMax = 2 ** 31 - 1;

/** The position of a row in the log. */
interface RowPosition {
  readonly id: number;
  readonly revision: number;
  /** The position among the rows of the revision, from 0. */
  readonly subRevision: number;
}

/** The write of a key: the common fields of puts and deletes. */
interface KeyWrite extends RowPosition {
  readonly name: string;
  /** The id of the previous row of the key; 0: no previous row exists. */
  readonly replacedId: number;
}

interface Put extends KeyWrite {
  /** Undefined: the row creates the key. */
  readonly createRevision: number | undefined;
  readonly version: number;
  readonly value: Uint8Array;
  readonly lease: { readonly id: bigint; readonly ttlSeconds: number };
}

/** The row of a key that is created or updated. Lease id 0 means no lease. */
export function putRow(put: Put): KineRow {
  const { createRevision, lease } = put;
  return {
    id: put.id,
    name: put.name,
    created: createRevision === undefined ? 1 : 0,
    deleted: 0,
    createRevision: createRevision ?? 0,
    replacedId: put.replacedId,
    ttlSeconds: Math.min(lease.ttlSeconds, kinesTtlSecondsMax),
    value: put.value,
    version: put.version,
    leaseId: lease.id === 0n ? null : lease.id,
    revision: columnOfRevision(put),
    subRevision: columnOfSubRevision(put),
  };
}

/** A tombstone: the deletion of a key, in the form of kine 0.16 and later. */
export function tombstoneRow(end: KeyWrite): KineRow {
  return {
    id: end.id,
    name: end.name,
    created: 0,
    deleted: 1,
    createRevision: 0,
    replacedId: end.replacedId,
    ttlSeconds: 0,
    value: null,
    version: 0,
    leaseId: null,
    revision: columnOfRevision(end),
    subRevision: columnOfSubRevision(end),
  };
}

/**
 * A gap: a row that is not a write of a key. kine inserts one for a missing id. If a gap is the
 * newest row, it defines the store's revision.
 */
export function gapRow({ id, revision }: Pick<RowPosition, 'id' | 'revision'>): KineRow {
  return tombstoneRow({ id, revision, subRevision: 0, name: gapName(id), replacedId: 0 });
}

/** The name of the gap with an id. */
export function gapName(id: number): string {
  return `gap-${id}`;
}

interface Mark {
  readonly id: number;
  /** The id up to which the log is compacted. */
  readonly compactedId: number;
  /** Read only if `compactedId` is 0. 1: nothing was compacted. 2: revision 0 was compacted. */
  readonly version: 1 | 2;
}

/** The row of the compaction mark. A store has exactly one. */
export function markRow({ id, compactedId, version }: Mark): KineRow {
  return {
    id,
    name: compactMarkName,
    created: 1,
    deleted: 0,
    createRevision: 0,
    replacedId: compactedId,
    ttlSeconds: 0,
    value: Buffer.alloc(0),
    version,
    leaseId: null,
    revision: null,
    subRevision: null,
  };
}

function columnOfRevision({ id, revision }: RowPosition): number | null {
  return revision === id ? null : revision;
}

function columnOfSubRevision({ subRevision }: RowPosition): number | null {
  return subRevision === 0 ? null : subRevision;
}
