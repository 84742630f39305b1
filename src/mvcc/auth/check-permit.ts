/**
 * Checks the permit of a client's write again inside the transaction, because users and roles may
 * have changed since the first check.
 */

import { etcdError } from '../../errors.ts';
import { intervalAt } from '../../kit/intervals.ts';
import { KEYS_OF_LEASE } from '../../sql/statements/read-statements.ts';
import { type Program, rows } from '../program.ts';
import type { WriteState } from '../writes/write-state.ts';
import { permitsAlike } from './auth-state.ts';
import type { Permit } from './permit.ts';

/**
 * Checks that the auth state of the permit is current, and the keys of the leases.
 *
 * @throws EtcdError `authOldRevision`, `permissionDenied`
 */
export function* checkPermit({ permittedIn, permittedLeases }: Partial<Permit>, state: WriteState): Program<void> {
  if (permittedIn !== undefined && !permitsAlike(permittedIn, state.authState)) throw etcdError('authOldRevision');
  if (permittedLeases === undefined) return;
  yield* state.flush();
  for (const id of permittedLeases.ids) {
    for (const name of yield* rows(KEYS_OF_LEASE, id)) {
      if (intervalAt(permittedLeases.writable, name) === undefined) throw etcdError('permissionDenied');
    }
  }
}
