/** What is known of users and roles by one number, which every head carries: while it stays, so does whatever was found out about a caller. */

/** Twice the revision of auth, and one while it is on: it only grows. */
export type AuthState = number;

/** Of a store whose auth nobody has touched: etcd begins at revision 1. */
export const untouchedAuth: AuthState = 2;

export const isAuthOn = (state: AuthState): boolean => state % 2 === 1;

/** Whether a check in one state holds in the other. While auth is off everybody may do everything, whatever users and roles there are. */
export const permitsAlike = (checked: AuthState, now: AuthState): boolean =>
  checked === now || !(isAuthOn(checked) || isAuthOn(now));

/** etcd's revision of auth: one more with each change, but the one that turns auth on. */
export const authRevision = (state: AuthState): number => Math.floor(state / 2);

/** The state of a revision. */
export const authState = (revision: number, { isOn }: { readonly isOn: boolean }): AuthState =>
  2 * revision + (isOn ? 1 : 0);
