/**
 * Users and roles, cached by this instance. The head of every database answer contains the auth
 * state. Cached facts about users are valid while answers show the same state. When an answer shows
 * another state, they are read again.
 */

import { randomBytes } from 'node:crypto';
import type { Driver } from '../drivers/driver.ts';
import { EtcdError, StatusCode } from '../errors.ts';
import { BoundedCache } from '../kit/bounded-cache.ts';
import { limits } from '../limits.ts';
import type { AuthChange } from '../mvcc/auth/auth-change.ts';
import { authName, type UserRights } from '../mvcc/auth/auth-reads.ts';
import { type AuthState, initialAuthState } from '../mvcc/auth/auth-state.ts';
import type { Permit } from '../mvcc/auth/permit.ts';
import type { Revision } from '../mvcc/ids.ts';
import type { Head } from '../mvcc/results.ts';
import type { Permission } from '../wire/generated/authpb/auth.ts';
import { internal, type Requester, uncancellable } from './queues/requester.ts';
import type { ReadQueue } from './reads/read-queue.ts';
import type { WriteQueue } from './writes/write-queue.ts';

const secretBytes = 32;

/** An empty name. No user has it. */
const noName = '';

export class AuthStore {
  readonly #driver: Driver;
  readonly #writes: WriteQueue;
  readonly #reads: ReadQueue;
  readonly #readHead: (requester: Requester) => Promise<Head>;
  #state: AuthState = initialAuthState;
  #isKnown = false;
  #epoch = 0;
  /**
   * Users that sent a request in this epoch. Names without a user are not cached, because clients
   * can send any number of them.
   */
  readonly #users = new BoundedCache<UserRights>({
    countMax: limits.knownUsersMax,
    bytesMax: limits.knownUsersBytesMax,
  });
  readonly #lookUps = new Map<string, Promise<UserRights | undefined>>();
  #secret: Uint8Array | undefined;

  constructor(
    driver: Driver,
    writes: WriteQueue,
    options: {
      readonly reads: ReadQueue;
      readonly readHead: (requester: Requester) => Promise<Head>;
    },
  ) {
    this.#driver = driver;
    this.#writes = writes;
    this.#reads = options.reads;
    this.#readHead = options.readHead;
  }

  /** Whether the database has answered since the start. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** Milliseconds since 1970, by the clock that all instances share. */
  nowMs(): number {
    return this.#driver.nowMs();
  }

  /** The auth state in the last answer of the database. */
  get state(): AuthState {
    return this.#state;
  }

  /**
   * Changes whenever an answer shows another auth state. A check is still right when its request is
   * answered in the same epoch.
   */
  get epoch(): number {
    return this.#epoch;
  }

  /** Receives the head of every database answer, before the answer is passed on. */
  observeHead({ authState }: Head): void {
    this.#isKnown = true;
    if (authState !== this.#state) this.#begin(authState);
  }

  /** The database was rewound: the same state may be one of other users. */
  rewind({ authState }: Head): void {
    this.#begin(authState);
  }

  /** Begins an epoch. */
  #begin(state: AuthState): void {
    this.#state = state;
    this.#epoch += 1;
    this.#users.clear();
    this.#lookUps.clear();
    this.#secret = undefined;
  }

  /** Reads the current auth state. @throws DriverError */
  async refresh(requester: Requester): Promise<Head> {
    return this.#readHead(requester);
  }

  /** A user of this epoch, from the cache only. */
  existingUser(name: string): UserRights | undefined {
    return this.#users.get(name);
  }

  /**
   * The name, or the empty name if the name is too long for any user. A client can send a name as
   * large as a message.
   */
  possibleName(name: string): string {
    return name.length > this.#nameLengthMax ? noName : name;
  }

  /** A user and its rights; undefined: there is no user with this name. @throws DriverError */
  async user(name: string, requester: Requester): Promise<UserRights | undefined> {
    const cached = this.#users.get(name);
    if (cached !== undefined) return cached;
    if (this.#isTooLong(name)) return undefined;
    let lookUp = this.#lookUps.get(name);
    if (lookUp === undefined) {
      lookUp = this.#lookUp(name, uncancellable(requester));
      this.#lookUps.set(name, lookUp);
    }
    return lookUp;
  }

  async permissions(
    role: string,
    requester: Requester,
  ): Promise<{ revision: Revision; permissions: readonly Permission[] | undefined }> {
    if (this.#isTooLong(role)) return { revision: (await this.refresh(requester)).revision, permissions: undefined };
    const { head, permissions } = await this.#reads.read('rolePermissions', role, { requester, keyBytes: role.length });
    return { revision: head.revision, permissions };
  }

  async names(
    owner: 'users' | 'roles',
    requester: Requester,
  ): Promise<{ revision: Revision; names: readonly string[] }> {
    const { head, names } = await this.#reads.read('authNames', owner, { requester });
    return { revision: head.revision, names };
  }

  /**
   * The secret with which all instances sign tokens while auth is on. The first instance that needs
   * the secret creates it.
   */
  async secret(): Promise<Uint8Array> {
    for (;;) {
      if (this.#secret !== undefined) return this.#secret;
      const { head, secret } = await this.#reads.read('tokenSecret', null, { requester: internal });
      if (secret === undefined) await this.change({ kind: 'addSecret', secret: randomBytes(secretBytes) });
      else if (head.authState === this.#state) this.#secret = secret;
      else return secret;
    }
  }

  /** Returns the header's revision. @throws EtcdError, DriverError */
  async change(change: AuthChange, by?: { readonly permit: Permit; readonly requester: Requester }): Promise<Revision> {
    this.#checkNames(change);
    const { revision } = await this.#writes.write({ kind: 'auth', change, ...by?.permit }, by?.requester);
    return revision;
  }

  get #nameLengthMax(): number {
    return Math.min(limits.authNameLengthMax, this.#driver.keyLengthMax);
  }

  /** The stored text is never shorter than the name, so the longest names need no conversion. */
  #isTooLong(name: string): boolean {
    return name.length > this.#nameLengthMax || authName(name).length > this.#nameLengthMax;
  }

  #checkNames(change: AuthChange): void {
    const name = change.kind === 'addUser' ? change.user : change.kind === 'addRole' ? change.role : '';
    if (!this.#isTooLong(name)) return;
    const { length } = authName(name);
    throw new EtcdError(
      StatusCode.invalidArgument,
      `etcdserver: name is too long: its stored form has ${length} characters, the limit of the database is ${this.#nameLengthMax}; use a shorter name`,
    );
  }

  async #lookUp(name: string, requester: Requester): Promise<UserRights | undefined> {
    try {
      const { head, user } = await this.#reads.read('userRights', name, { requester, keyBytes: name.length });
      if (user !== undefined && head.authState === this.#state) this.#users.set(name, user, bytesOf(user));
      return user;
    } finally {
      this.#lookUps.delete(name);
    }
  }
}

/** Bytes of the cached texts of a user, without its name. */
function bytesOf({ passwordHash, roles, readable, writable }: UserRights): number {
  const spans = [...readable, ...writable].flatMap(({ start, end }) => [start, end]);
  return 2 * [passwordHash, ...roles, ...spans].reduce((length, text) => length + text.length, 0);
}
