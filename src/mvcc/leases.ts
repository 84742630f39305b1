/** Writes of leases. */
import { etcdError } from '../errors.ts';
import { KEYS_OF_LEASE, LEASE } from '../sql/read-statements.ts';
import { DELETE_LEASE, INSERT_LEASE, RENEW_LEASE } from '../sql/write-statements.ts';
import { leaseStatus } from './lease-reads.ts';
import type { LeaseId, LeaseRenewal } from './operations.ts';
import { change, type Program, row, rows } from './program.ts';
import type { WriteState } from './write-state.ts';

/** The TTL of a lease in seconds; undefined: there is none of that id. */
export function* leaseTtl(id: LeaseId): Program<number | undefined> {
  const found = yield* row(LEASE, id);
  return found === undefined ? undefined : leaseStatus(found).ttlSeconds;
}

/** Makes a lease; its id must be free. */
export function* grantLease(lease: { id: LeaseId; ttlSeconds: number; expiresAtMs: number }): Program<void> {
  if ((yield* row(LEASE, lease.id)) !== undefined) throw etcdError('leaseExists');
  yield* change(INSERT_LEASE, lease.id, lease.ttlSeconds, lease.expiresAtMs);
}

/** Ends a lease; its keys go with one revision. */
export function* revokeLease(id: LeaseId, state: WriteState): Program<void> {
  if ((yield* change(DELETE_LEASE, id)) === 0) throw etcdError('leaseNotFound');
  for (const name of yield* rows(KEYS_OF_LEASE, id)) {
    const current = yield* state.current(name[0] as string);
    if (current !== null) yield* state.delete(current);
  }
}

/** Ends a lease if it is still due: another instance, or a renewal in this very batch, may have moved its deadline. */
export function* expireLease(request: { id: LeaseId; dueBeforeMs: number }, state: WriteState): Program<boolean> {
  const found = yield* row(LEASE, request.id);
  if (found === undefined || leaseStatus(found).expiresAtMs > request.dueBeforeMs) return false;
  yield* revokeLease(request.id, state);
  return true;
}

/** Moves deadlines of those that are still there. */
export function* renewLeases(renewals: readonly LeaseRenewal[]): Program<void> {
  for (const { id, expiresAtMs } of renewals) yield* change(RENEW_LEASE, expiresAtMs, id);
}
