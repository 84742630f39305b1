/** The leases of a source. */
import type { EtcdClient } from '../copy/etcd-client.ts';
import type { SourceRevision } from './source-revisions.ts';

export interface GrantedLease {
  readonly id: bigint;
  readonly ttlSeconds: number;
}

/**
 * The TTL in seconds of a lease that has ended at the source. Its keys are deleted by a revision
 * that was not copied yet, or they end with the lease.
 */
const endedTtlSeconds = 5;

/** Requests under way at a time. */
const requestsMax = 32;

/** The leases with these ids, with the TTL that they were granted. */
export async function grantedLeases(source: EtcdClient, ids: readonly bigint[]): Promise<readonly GrantedLease[]> {
  const leases: GrantedLease[] = [];
  for (let start = 0; start < ids.length; start += requestsMax) {
    const some = ids.slice(start, start + requestsMax);
    const found = await Promise.all(some.map((id) => source.timeToLive(id)));
    leases.push(...found.map(({ ttl, grantedTtl }, index) => granted(some[index] as bigint, ttl, grantedTtl)));
  }
  return leases;
}

function granted(id: bigint, ttl: number, grantedTtl: number): GrantedLease {
  return { id, ttlSeconds: ttl < 0 ? endedTtlSeconds : Math.max(1, grantedTtl) };
}

/** The leases of the keys in a page that are not known yet. */
export function newLeases(page: readonly SourceRevision[], known: { has(id: bigint): boolean }): readonly bigint[] {
  const ids = page.flatMap(({ events }) => events.map(({ kv }) => kv?.lease ?? 0n));
  return [...new Set(ids)].filter((id) => id !== 0n && !known.has(id));
}
