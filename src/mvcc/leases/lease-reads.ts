/** Reads leases. */

import type { KeyText } from '../../sql/key-text.ts';
import {
  HEAD,
  KEYS_OF_LEASE,
  LEASE_COUNT,
  LEASED_KEYS,
  LEASES,
  LEASES_BY_ID,
  NEXT_LEASES,
} from '../../sql/statements/read-statements.ts';
import { headOf, headProgram } from '../head.ts';
import type { LeaseId } from '../ids.ts';
import { decoded, listQuery, type Program, query, row, rows } from '../program.ts';
import type { Head, LeaseStatus } from '../results.ts';

/** One lease, and its keys if requested. */
export function* leaseProgram(request: {
  id: LeaseId;
  keys: boolean;
}): Program<{ head: Head; lease: LeaseStatus | undefined; keys: readonly KeyText[] }> {
  const { head, leases } = yield* leasesById([request.id]);
  const lease = leases[0];
  if (lease === undefined) return { head, lease, keys: [] };
  const names = request.keys ? yield* rows(KEYS_OF_LEASE, request.id) : [];
  return { head, lease, keys: names as readonly KeyText[] };
}

/** All leases, ordered by id, and the keys attached to any lease if requested. */
export function* leasesProgram(request: {
  keys: boolean;
}): Program<{ head: Head; leases: readonly LeaseStatus[]; keys: readonly KeyText[] }> {
  const head = yield* headProgram();
  const leases = yield* rows(LEASES);
  const names = request.keys ? yield* rows(LEASED_KEYS) : [];
  return { head, leases, keys: names as readonly KeyText[] };
}

/** The number of leases. */
export function* leaseCount(): Program<number> {
  return (yield* row(LEASE_COUNT)) ?? 0;
}

/** Leases by their ids, in the order of the request; undefined for a lease that does not exist. */
export function* leasesById(
  ids: readonly LeaseId[],
): Program<{ head: Head; leases: readonly (LeaseStatus | undefined)[] }> {
  const [head, found] = yield [query(HEAD), listQuery(LEASES_BY_ID, leaseList(ids))];
  const byId = new Map(decoded(LEASES_BY_ID, found).map((lease) => [lease.id, lease]));
  return { head: headOf(head), leases: ids.map((id) => byId.get(id)) };
}

/** The leases that expire first, in this order. Empty if there are no leases. */
export function* nextLeases(countMax: number): Program<readonly LeaseStatus[]> {
  return yield* rows(NEXT_LEASES, countMax);
}

/** Lease ids as a statement's list. */
export function leaseList(ids: Iterable<LeaseId>): readonly [LeaseId][] {
  return [...new Set(ids)].map((id) => [id]);
}
