/**
 * The state of users and roles as one number. Every head contains it. A cached permission is valid
 * while the number is unchanged.
 */

/** Twice the auth revision, plus 1 while auth is on. It never decreases. */
export type AuthState = number;

/** The state of a store in which auth was never changed: auth revision 1, as in etcd. */
export const initialAuthState: AuthState = 2;

export const isAuthOn = (state: AuthState): boolean => state % 2 === 1;

/**
 * Whether a permission checked in one state holds in the other. While auth is off, every caller may
 * do everything, whatever users and roles exist.
 */
export const permitsAlike = (checked: AuthState, now: AuthState): boolean =>
  checked === now || !(isAuthOn(checked) || isAuthOn(now));

/** etcd's auth revision: every change increments it, except enabling auth. */
export const authRevision = (state: AuthState): number => Math.floor(state / 2);

/** The state at an auth revision. */
export const authState = (revision: number, { isOn }: { readonly isOn: boolean }): AuthState =>
  2 * revision + (isOn ? 1 : 0);
