/**
 * The buckets of etcd 3.7's storage in a snapshot, with their contents, in the order of the file.
 */
import type { Element } from '../bbolt/file-writer.ts';
import { authRevision, isAuthOn } from '../mvcc/auth/auth-state.ts';
import type { BackendParts } from '../mvcc/snapshot/backend-parts.ts';
import { keyBytes } from '../sql/key-text.ts';
import { AlarmMember } from '../wire/generated/etcdserverpb/maintenance.ts';
import { Lease } from '../wire/generated/leasepb/lease.ts';
import { KeyValueWriter } from '../wire/key-value-writer.ts';

/** The version that wrote the storage, and the version that the cluster's members agreed on. */
export interface BackendVersions {
  readonly storage: string;
  readonly cluster: string;
}

export interface BackendBucket {
  readonly name: string;
  /** Can be iterated several times. */
  readonly elements: Iterable<Element>;
}

/** The buckets before and after the log, which is bucket `key`. */
export interface BackendBuckets {
  readonly before: readonly BackendBucket[];
  readonly after: readonly BackendBucket[];
  /** An element after the log's last row that carries the store's revision; usually none. */
  readonly logEnd: readonly Element[];
}

/** Builds the buckets. The list of members is empty: a restore sets the members. */
export function backendBuckets(parts: BackendParts, versions: BackendVersions): BackendBuckets {
  const { head, users, roles } = parts;
  return {
    before: [
      { name: 'alarm', elements: alarms(parts) },
      {
        name: 'auth',
        elements: [
          [Buffer.from('authEnabled'), Buffer.of(isAuthOn(head.authState) ? 1 : 0)],
          [Buffer.from('authRevision'), wholeNumber(authRevision(head.authState))],
        ],
      },
      { name: 'authRoles', elements: roles.map(({ name, details }) => [asBuffer(name), asBuffer(details)]) },
      { name: 'authUsers', elements: users.map(({ name, details }) => [asBuffer(name), asBuffer(details)]) },
      { name: 'cluster', elements: [[Buffer.from('clusterVersion'), Buffer.from(versions.cluster)]] },
    ],
    logEnd: logEnd(parts),
    after: [
      { name: 'lease', elements: { [Symbol.iterator]: () => leases(parts) } },
      { name: 'members', elements: [] },
      { name: 'members_removed', elements: [] },
      { name: 'meta', elements: metaElements(parts, versions) },
    ],
  };
}

/** An alarm is a key without a value. */
function alarms({ alarms: raised }: BackendParts): readonly Element[] {
  return raised
    .map(({ memberId, number }) => AlarmMember.encode({ memberId, alarm: number }))
    .sort(Buffer.compare)
    .map((key) => [key, noBytes]);
}

/**
 * etcd stores the remaining time of a lease only with lease checkpoints. Otherwise a restored lease
 * has its whole TTL again, and so it has here.
 */
function* leases({ leaseIds, leaseTtlSeconds }: BackendParts): Generator<Element> {
  for (const [index, id] of leaseIds.entries()) {
    const key = Buffer.alloc(8);
    key.writeBigInt64BE(id);
    yield [key, Lease.encode({ id, ttl: leaseTtlSeconds[index] as number })];
  }
}

/** The end of the log is the applied index. The term is that of a cluster without an election. */
function metaElements({ head }: BackendParts, { storage }: BackendVersions): readonly Element[] {
  const compacted: readonly Element[] =
    head.compactRevision < 0
      ? []
      : ['finishedCompactRev', 'scheduledCompactRev'].map((name) => [
          Buffer.from(name),
          revisionKey(head.compactRevision, { isTombstone: false }),
        ]);
  return [
    [Buffer.from('consistent_index'), wholeNumber(head.id)],
    ...compacted,
    [Buffer.from('storageVersion'), Buffer.from(storage)],
    [Buffer.from('term'), wholeNumber(1)],
  ];
}

/**
 * kine leaves rows that are not the write of a client. For etcd, the newest one is written as the
 * tombstone of a key that never existed.
 */
function logEnd({ head, revisionHolder }: BackendParts): readonly Element[] {
  if (revisionHolder === undefined || head.revision <= Math.max(1, head.compactRevision)) return [];
  const writer = new KeyValueWriter();
  writer.message({
    key: keyBytes(revisionHolder),
    createRevision: 0,
    modRevision: 0,
    version: 0,
    value: null,
    lease: null,
  });
  return [[revisionKey(head.revision, { isTombstone: true }), asBuffer(writer.take())]];
}

function revisionKey(revision: number, { isTombstone }: { readonly isTombstone: boolean }): Buffer {
  const writer = new KeyValueWriter();
  writer.revisionKey({ revision, subRevision: 0, isTombstone });
  return asBuffer(writer.take());
}

const noBytes = Buffer.alloc(0);

function wholeNumber(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
