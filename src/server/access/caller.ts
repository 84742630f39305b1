/** One caller and its rights, with etcd's rules. */

import { type EtcdErrorName, etcdError } from '../../errors.ts';
import type { Interval } from '../../kit/intervals.ts';
import { rootName } from '../../mvcc/auth/auth-changes.ts';
import type { UserRights } from '../../mvcc/auth/auth-reads.ts';
import type { AuthState } from '../../mvcc/auth/auth-state.ts';
import { coversKeys } from '../../mvcc/auth/covers-keys.ts';
import type { Permit } from '../../mvcc/auth/permit.ts';
import type { Keys, LeaseId } from '../../mvcc/ids.ts';

/** The user of a token or a certificate. */
export interface Credentials {
  readonly user: string;
  /**
   * The revision of auth at which the token was issued, if the token contains it; otherwise the
   * current one.
   */
  readonly revision: number;
}

/**
 * The rights that a call needs: requires them of the caller, which throws if it does not have them.
 * It may run several times.
 */
export type Need = (caller: Caller) => void;

export class Caller {
  /** Empty for an unauthenticated caller, as in etcd. */
  readonly name: string;
  readonly #credentials: Credentials | undefined;
  readonly #user: UserRights | undefined;
  readonly #authRevision: number;
  readonly #leases: LeaseId[] = [];

  /**
   * `user`: the rights of the user that the credentials name; undefined if the user does not exist.
   */
  constructor(credentials: Credentials | undefined, user: UserRights | undefined, authRevision: number) {
    this.name = credentials?.user ?? '';
    this.#credentials = credentials;
    this.#user = user;
    this.#authRevision = authRevision;
  }

  /** The caller must be authenticated as any user. */
  requireAuthenticated(): void {
    if (this.#credentials === undefined) throw etcdError('userEmpty');
  }

  /** The caller must have the role root. */
  requireAdmin(): void {
    const problem = this.#adminError();
    if (problem !== undefined) throw etcdError(problem);
  }

  /** For data of a user, which the user itself and the role root may read. */
  requireAdminOr(isOwn: boolean): void {
    if (!isOwn) this.requireAdmin();
  }

  requireRead(keys: Keys): void {
    this.#require(keys, (user) => user.readable);
  }

  requireWrite(keys: Keys): void {
    this.#require(keys, (user) => user.writable);
  }

  /** Requires write access to all keys of a lease. They are checked when the write runs. */
  requireLease(id: LeaseId): void {
    if (this.#adminError() === undefined) return;
    this.#checkRevision();
    this.#leases.push(id);
  }

  get isAdmin(): boolean {
    return this.#adminError() === undefined;
  }

  hasRole(role: string): boolean {
    return this.#user?.roles.includes(role) === true;
  }

  /** The permit that a write of the caller carries. The rights were found in this state of auth. */
  permit(permittedIn: AuthState): Permit {
    if (this.#leases.length === 0) return { permittedIn };
    return { permittedIn, permittedLeases: { ids: this.#leases, writable: this.#user?.writable ?? [] } };
  }

  #require(keys: Keys, permitted: (user: UserRights) => readonly Interval[]): void {
    this.#checkRevision();
    const user = this.#user;
    if (user === undefined) throw etcdError('permissionDenied');
    if (user.roles.includes(rootName)) return;
    if (!coversKeys(permitted(user), keys)) throw etcdError('permissionDenied');
  }

  /**
   * A token that contains a revision is valid for that revision only. Without credentials the
   * caller is unauthenticated.
   */
  #checkRevision(): void {
    const revision = this.#credentials?.revision ?? 0;
    if (revision === 0) throw etcdError('userEmpty');
    if (revision !== this.#authRevision) throw etcdError('authOldRevision');
  }

  #adminError(): EtcdErrorName | undefined {
    if (this.name === '') return 'userEmpty';
    if (this.#user === undefined) return 'userNotFound';
    return this.#user.roles.includes(rootName) ? undefined : 'permissionDenied';
  }
}
