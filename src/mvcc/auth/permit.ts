import type { Interval } from '../../kit/intervals.ts';
import type { LeaseId } from '../ids.ts';
import type { AuthState } from './auth-state.ts';

/**
 * The permission of a write, as fields of the operation. They are small, because every write is
 * copied to another thread.
 */
export interface Permit {
  /**
   * The auth state in which the permission was checked. In any other state the write is refused,
   * and the permission must be checked again.
   */
  readonly permittedIn: AuthState;
  /**
   * Leases whose keys must all be keys that the caller may write. Absent: no leases, or the caller
   * may write any key.
   */
  readonly permittedLeases?: { readonly ids: readonly LeaseId[]; readonly writable: readonly Interval[] };
}
