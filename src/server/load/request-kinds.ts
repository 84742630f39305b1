/** The kinds of requests that the load history distinguishes. */
import { KV } from '../../wire/generated/etcdserverpb/kv.ts';
import { Lease } from '../../wire/generated/etcdserverpb/lease.ts';

/** Kinds of calls whose latencies are kept. */
export const timedKinds = ['range', 'put', 'deleteRange', 'txn', 'lease'] as const;
export type TimedKind = (typeof timedKinds)[number];

/**
 * `keepAlive` counts renewals of leases, which arrive on streams. `other` counts all other calls.
 * Locks, campaigns and watches are among them: they last as long as their clients choose.
 */
export const requestKinds = [...timedKinds, 'keepAlive', 'other'] as const;
export type RequestKind = (typeof requestKinds)[number];

const kinds: ReadonlyMap<string, RequestKind> = new Map([
  [KV.methods.range.path, 'range'],
  [KV.methods.rangeStream.path, 'range'],
  [KV.methods.put.path, 'put'],
  [KV.methods.deleteRange.path, 'deleteRange'],
  [KV.methods.txn.path, 'txn'],
  [Lease.methods.leaseGrant.path, 'lease'],
  [Lease.methods.leaseRevoke.path, 'lease'],
  [Lease.methods.leaseTimeToLive.path, 'lease'],
  [Lease.methods.leaseLeases.path, 'lease'],
  [Lease.methods.leaseKeepAlive.path, 'keepAlive'],
]);

/** The kind of a method, by its path. */
export function requestKindOf(path: string): RequestKind {
  return kinds.get(path) ?? 'other';
}
