/** Who calls, and what it may do: etcd's rules for one caller. */
import { type EtcdErrorName, etcdError } from '../../errors.ts';
import { rootName } from '../../mvcc/auth/auth-changes.ts';
import type { UserRights } from '../../mvcc/auth/auth-reads.ts';
import type { AuthState } from '../../mvcc/auth/auth-state.ts';
import { coversKeys, type KeySpan } from '../../mvcc/auth/key-spans.ts';
import type { Permit } from '../../mvcc/auth/permit.ts';
import type { Keys, LeaseId } from '../../mvcc/operations.ts';

/** What a token or a certificate says. */
export interface Credentials {
  readonly user: string;
  /** The revision of auth that a token was given at, where it says; else the one of now. */
  readonly revision: number;
}

/** What a call is to be allowed: asks the caller for rights, which throw where it has them not. It may be asked several times. */
export type Need = (caller: Caller) => void;

export class Caller {
  /** '' where nobody said who calls, as in etcd. */
  readonly name: string;
  readonly #credentials: Credentials | undefined;
  readonly #user: UserRights | undefined;
  readonly #authRevision: number;
  readonly #leases: LeaseId[] = [];

  /** `user`: what is known of the one that the credentials name, undefined if there is none. */
  constructor(credentials: Credentials | undefined, user: UserRights | undefined, authRevision: number) {
    this.name = credentials?.user ?? '';
    this.#credentials = credentials;
    this.#user = user;
    this.#authRevision = authRevision;
  }

  /** Whoever it is: somebody. */
  requireKnown(): void {
    if (this.#credentials === undefined) throw etcdError('userEmpty');
  }

  /** The role root. */
  requireAdmin(): void {
    const problem = this.#notAdmin();
    if (problem !== undefined) throw etcdError(problem);
  }

  /** What is told to a user of itself, and to the role root of everybody. */
  requireAdminOr(isOwn: boolean): void {
    if (!isOwn) this.requireAdmin();
  }

  requireRead(keys: Keys): void {
    this.#require(keys, (user) => user.readable);
  }

  requireWrite(keys: Keys): void {
    this.#require(keys, (user) => user.writable);
  }

  /** Every key of a lease is to be written, whichever they are then: looked at where the write is made. */
  requireLease(id: LeaseId): void {
    if (this.#notAdmin() === undefined) return;
    this.#checkRevision();
    this.#leases.push(id);
  }

  get isAdmin(): boolean {
    return this.#notAdmin() === undefined;
  }

  hasRole(role: string): boolean {
    return this.#user?.roles.includes(role) === true;
  }

  /** What a write of the caller carries, whose right was found in a state of auth. */
  permit(permittedIn: AuthState): Permit {
    if (this.#leases.length === 0) return { permittedIn };
    return { permittedIn, permittedLeases: { ids: this.#leases, writable: this.#user?.writable ?? [] } };
  }

  #require(keys: Keys, spans: (user: UserRights) => readonly KeySpan[]): void {
    this.#checkRevision();
    const user = this.#user;
    if (user === undefined) throw etcdError('permissionDenied');
    if (user.roles.includes(rootName)) return;
    if (!coversKeys(spans(user), keys)) throw etcdError('permissionDenied');
  }

  /** A token that says its revision is good for that one only; whoever is named by none is nobody. */
  #checkRevision(): void {
    const revision = this.#credentials?.revision ?? 0;
    if (revision === 0) throw etcdError('userEmpty');
    if (revision !== this.#authRevision) throw etcdError('authOldRevision');
  }

  #notAdmin(): EtcdErrorName | undefined {
    if (this.name === '') return 'userEmpty';
    if (this.#user === undefined) return 'userNotFound';
    return this.#user.roles.includes(rootName) ? undefined : 'permissionDenied';
  }
}
