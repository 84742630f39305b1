import type { LeaseId } from '../ids.ts';
import type { AuthState } from './auth-state.ts';
import type { KeySpan } from './key-spans.ts';

/** Fields of a write, beside its own: what crosses to another thread for each write is to be small. */
export interface Permit {
  /** The state of auth that the right was found in. In any other one the write is refused, and its right is to be looked for again. */
  readonly permittedIn: AuthState;
  /** Leases whose keys must all be among those that the caller may write. Absent: none, or it may write any key. */
  readonly permittedLeases?: { readonly ids: readonly LeaseId[]; readonly writable: readonly KeySpan[] };
}
