/** Grants, revokes, expires and renews leases. */

import { etcdError } from '../../errors.ts';
import { KEYS_OF_LEASE } from '../../sql/statements/read-statements.ts';
import { DELETE_LEASE, INSERT_LEASES, RENEW_LEASES } from '../../sql/statements/write-statements.ts';
import type { LeaseId } from '../ids.ts';
import { change, changeEach, insertEach, type Program, rows } from '../program.ts';
import type { WriteState } from '../writes/write-state.ts';
import { leaseList } from './lease-reads.ts';

/** Grants a lease. Its id must be unused. */
export function* grantLease({ id, ttlSeconds }: { id: LeaseId; ttlSeconds: number }, state: WriteState): Program<void> {
  if ((yield* state.lease(id)) !== undefined) throw etcdError('leaseExists');
  const expiresAtMs = state.leaseClockMs + ttlSeconds * 1000;
  yield* insertEach(INSERT_LEASES, [{ id, ttlSeconds, expiresAtMs }]);
  state.setLease(id, { id, ttlSeconds, expiresAtMs });
}

/** Revokes a lease. All its keys are deleted at one revision. */
export function* revokeLease(id: LeaseId, state: WriteState): Program<void> {
  if ((yield* change(DELETE_LEASE, id)) === 0) throw etcdError('leaseNotFound');
  state.setLease(id, undefined);
  yield* state.flush();
  const names = yield* rows(KEYS_OF_LEASE, id);
  yield* state.load(names);
  for (const name of names) {
    const current = yield* state.current(name);
    if (current !== undefined) yield* state.delete(current);
  }
}

/**
 * Revokes a lease if it is still due. Another instance, or a renewal in the same batch, may have
 * moved its deadline.
 */
export function* expireLease(request: { id: LeaseId; dueBeforeMs: number }, state: WriteState): Program<boolean> {
  const found = yield* state.lease(request.id);
  if (found === undefined || found.expiresAtMs > request.dueBeforeMs) return false;
  yield* revokeLease(request.id, state);
  return true;
}

/** Restarts the TTL of the leases that still exist. */
export function* renewLeases({ ids }: { ids: readonly LeaseId[] }, state: WriteState): Program<void> {
  state.forgetLeases(ids);
  yield* changeEach(RENEW_LEASES, leaseList(ids), state.leaseClockMs);
}
