/** The kinds of rows that are written to table `kine`. */

import { compactMarkName } from '../key-text.ts';
import type { KineRow } from './kine-table.ts';

/** kine's column of TTLs holds 31 bits where the database has integers of several sizes. */
export const kinesTtlSecondsMax = 2 ** 31 - 1;

/** Where in the log a row stands. */
interface RowPosition {
  readonly id: number;
  readonly revision: number;
  /** The place among the rows of the revision, from 0. */
  readonly subRevision: number;
}

/** The write of a key: what puts and deletes have in common. */
interface KeyWrite extends RowPosition {
  readonly name: string;
  /** The id of the key's row before this one; 0: there was none. */
  readonly replacedId: number;
}

interface Put extends KeyWrite {
  /** Undefined: the row creates the key. */
  readonly createRevision: number | undefined;
  readonly version: number;
  readonly value: Uint8Array;
  readonly lease: { readonly id: bigint; readonly ttlSeconds: number };
}

/** A key that is created or updated. A lease of id 0 is none. */
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

/** The end of a key, as kine writes it from 0.16 on. */
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

/** A row that is nobody's write: kine makes one for an id that is missing. As the newest row it holds the store's revision. */
export function gapRow({ id, revision }: Pick<RowPosition, 'id' | 'revision'>): KineRow {
  return tombstoneRow({ id, revision, subRevision: 0, name: gapName(id), replacedId: 0 });
}

/** The name of the gap row with an id. */
export function gapName(id: number): string {
  return `gap-${id}`;
}

interface Mark {
  readonly id: number;
  /** The id up to which the log is compacted. */
  readonly compactedId: number;
  /** Only read where `compactedId` is 0. 1: nothing was compacted. 2: revision 0 was. */
  readonly version: 1 | 2;
}

/** The compaction mark, of which a store has one. */
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
