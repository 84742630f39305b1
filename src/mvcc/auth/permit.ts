/** What a client's write was permitted by, looked at again where it is made: users and roles may have changed on its way. */
import { etcdError } from '../../errors.ts';
import { KEYS_OF_LEASE } from '../../sql/statements/read-statements.ts';
import type { LeaseId } from '../operations.ts';
import { type Program, rows } from '../program.ts';
import type { WriteState } from '../writes/write-state.ts';
import { type AuthState, permitsAlike } from './auth-state.ts';
import { coversName, type KeySpan } from './key-spans.ts';

/** Fields of a write, beside its own: what crosses to another thread for each write is to be small. */
export interface Permit {
  /** The state of auth that the right was found in. In any other one the write is refused, and its right is to be looked for again. */
  readonly permittedIn: AuthState;
  /** Leases whose keys must all be among those that the caller may write. Absent: none, or it may write any key. */
  readonly permittedLeases?: { readonly ids: readonly LeaseId[]; readonly writable: readonly KeySpan[] };
}

/** @throws EtcdError `authOldRevision`, `permissionDenied` */
export function* checkPermit({ permittedIn, permittedLeases }: Partial<Permit>, state: WriteState): Program<void> {
  if (permittedIn !== undefined && !permitsAlike(permittedIn, state.authState)) throw etcdError('authOldRevision');
  if (permittedLeases === undefined) return;
  yield* state.flush();
  for (const id of permittedLeases.ids) {
    for (const [name] of yield* rows(KEYS_OF_LEASE, id)) {
      if (!coversName(permittedLeases.writable, name as string)) throw etcdError('permissionDenied');
    }
  }
}
