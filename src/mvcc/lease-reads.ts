/** Reads of leases. */

import { keyBytes } from '../sql/key-text.ts';
import { KEYS_OF_LEASE, LEASE, LEASES, LEASES_DUE } from '../sql/read-statements.ts';
import { numberAt } from '../sql/row.ts';
import type { Row } from '../sql/statement.ts';
import { headProgram } from './head.ts';
import type { LeaseId } from './operations.ts';
import { type Program, row, rows } from './program.ts';
import type { Head, LeaseStatus } from './results.ts';

/** One lease, and its keys when asked for. */
export function* leaseProgram(request: {
  id: LeaseId;
  keys: boolean;
}): Program<{ head: Head; lease: LeaseStatus | undefined; keys: readonly Uint8Array[] }> {
  const head = yield* headProgram();
  const found = yield* row(LEASE, request.id);
  if (found === undefined) return { head, lease: undefined, keys: [] };
  const names = request.keys ? yield* rows(KEYS_OF_LEASE, request.id) : [];
  return { head, lease: leaseStatus(found), keys: names.map((name) => keyBytes(name[0] as string)) };
}

/** All leases, by id. */
export function* leasesProgram(): Program<{ head: Head; leases: readonly LeaseStatus[] }> {
  const head = yield* headProgram();
  return { head, leases: (yield* rows(LEASES)).map(leaseStatus) };
}

/** Leases by their ids, in the order asked for; undefined where there is none. */
export function* leasesById(
  ids: readonly LeaseId[],
): Program<{ head: Head; leases: readonly (LeaseStatus | undefined)[] }> {
  const head = yield* headProgram();
  const leases: (LeaseStatus | undefined)[] = [];
  for (const id of ids) {
    const found = yield* row(LEASE, id);
    leases.push(found === undefined ? undefined : leaseStatus(found));
  }
  return { head, leases };
}

/** Leases whose deadline has passed, the longest overdue first. */
export function* leasesDue(request: { dueBeforeMs: number; countMax: number }): Program<readonly LeaseStatus[]> {
  return (yield* rows(LEASES_DUE, request.dueBeforeMs, request.countMax)).map(leaseStatus);
}

/** A lease of its columns id, ttl_seconds, expires_at_ms. */
export function leaseStatus(found: Row): LeaseStatus {
  return { id: BigInt(found[0] as string), ttlSeconds: numberAt(found, 1), expiresAtMs: numberAt(found, 2) };
}
