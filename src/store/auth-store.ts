/**
 * Users and roles as this instance knows them. Every answer of the database carries the state of auth in its head: what was found out about users holds as long
 * as answers show the same state, and is asked for again when one does not.
 */
import { randomBytes } from 'node:crypto';
import type { Driver } from '../drivers/driver.ts';
import { EtcdError, StatusCode } from '../errors.ts';
import { limits } from '../limits.ts';
import type { AuthChange } from '../mvcc/auth-changes.ts';
import { authName, type UserRights } from '../mvcc/auth-reads.ts';
import { type AuthState, untouchedAuth } from '../mvcc/auth-state.ts';
import type { Revision } from '../mvcc/operations.ts';
import type { Permit } from '../mvcc/permit.ts';
import type { Head } from '../mvcc/results.ts';
import { BoundedCache } from '../text/bounded-cache.ts';
import type { Permission } from '../wire/generated/authpb/auth.ts';
import type { ReadQueue } from './read-queue.ts';
import { internal, type Requester, uncancellable } from './requester.ts';
import type { WriteQueue } from './write-queue.ts';

const secretBytes = 32;

/** No user has it. */
const noName = '';

export class AuthStore {
  readonly #driver: Driver;
  readonly #writes: WriteQueue;
  readonly #reads: ReadQueue;
  readonly #readHead: (requester: Requester) => Promise<Head>;
  readonly #observeHead: (head: Head) => void;
  #state: AuthState = untouchedAuth;
  #isKnown = false;
  #epoch = 0;
  /** Those that asked for something in this epoch. A name that no user has is not remembered: clients have as many of them as they like. */
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
      readonly observeHead: (head: Head) => void;
      readonly readHead: (requester: Requester) => Promise<Head>;
    },
  ) {
    this.#driver = driver;
    this.#writes = writes;
    this.#reads = options.reads;
    this.#observeHead = options.observeHead;
    this.#readHead = options.readHead;
  }

  /** Whether the database has answered since the start. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** Milliseconds since 1970 by the clock that all instances share. */
  nowMs(): number {
    return this.#driver.nowMs();
  }

  /** As the last answer of the database showed it. */
  get state(): AuthState {
    return this.#state;
  }

  /** Another number whenever an answer has shown another state: what was checked at one number and answered at the same was right when it was answered. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Every answer's head passes here before the answer is given. */
  observeHead({ authState }: Head): void {
    this.#isKnown = true;
    if (authState === this.#state) return;
    this.#state = authState;
    this.#epoch += 1;
    this.#users.clear();
    this.#lookUps.clear();
    this.#secret = undefined;
  }

  /** Asks for the state of now. @throws DriverError */
  async refresh(requester: Requester): Promise<Head> {
    return this.#readHead(requester);
  }

  /** A user of this epoch, if it is known without asking. */
  knownUser(name: string): UserRights | undefined {
    return this.#users.get(name);
  }

  /** The name, or where nobody can have it that of nobody: a client's may be as large as a message. */
  possibleName(name: string): string {
    return name.length > this.#nameLengthMax ? noName : name;
  }

  /** A user with what it may do; undefined: there is none. @throws DriverError */
  async user(name: string, requester: Requester): Promise<UserRights | undefined> {
    const known = this.#users.get(name);
    if (known !== undefined) return known;
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
    this.#observeHead(head);
    return { revision: head.revision, permissions };
  }

  async names(
    owner: 'users' | 'roles',
    requester: Requester,
  ): Promise<{ revision: Revision; names: readonly string[] }> {
    const { head, names } = await this.#reads.read('authNames', owner, { requester });
    this.#observeHead(head);
    return { revision: head.revision, names };
  }

  /** What the instances sign tokens with since auth is on. The first that needs it makes it. */
  async secret(): Promise<Uint8Array> {
    for (;;) {
      if (this.#secret !== undefined) return this.#secret;
      const { head, secret } = await this.#reads.read('tokenSecret', null, { requester: internal });
      this.#observeHead(head);
      if (secret === undefined) await this.change({ kind: 'addSecret', secret: randomBytes(secretBytes) });
      else if (head.authState === this.#state) this.#secret = secret;
      else return secret;
    }
  }

  /** Returns the header's revision. @throws EtcdError, DriverError */
  async change(
    change: AuthChange,
    asked?: { readonly permit: Permit; readonly requester: Requester },
  ): Promise<Revision> {
    this.#checkNames(change);
    const { revision } = await this.#writes.write({ kind: 'auth', change, ...asked?.permit }, asked?.requester);
    return revision;
  }

  get #nameLengthMax(): number {
    return Math.min(limits.authNameLengthMax, this.#driver.keyLengthMax);
  }

  /** A text is never shorter than its name: the longest names are not even converted. */
  #isTooLong(name: string): boolean {
    return name.length > this.#nameLengthMax || authName(name).length > this.#nameLengthMax;
  }

  #checkNames(change: AuthChange): void {
    const name = change.kind === 'addUser' ? change.user : change.kind === 'addRole' ? change.role : '';
    if (!this.#isTooLong(name)) return;
    const { length } = authName(name);
    throw new EtcdError(
      StatusCode.invalidArgument,
      `etcdserver: name is too long: it takes ${length} characters in the database, which takes ${this.#nameLengthMax}`,
    );
  }

  async #lookUp(name: string, requester: Requester): Promise<UserRights | undefined> {
    try {
      const { head, user } = await this.#reads.read('userRights', name, { requester, keyBytes: name.length });
      this.#observeHead(head);
      if (user !== undefined && head.authState === this.#state) this.#users.set(name, user, bytesOf(user));
      return user;
    } finally {
      this.#lookUps.delete(name);
    }
  }
}

/** What is remembered of a user beside its name: its texts. */
function bytesOf({ passwordHash, roles, readable, writable }: UserRights): number {
  const spans = [...readable, ...writable].flatMap(({ start, end }) => [start, end]);
  return 2 * [passwordHash, ...roles, ...spans].reduce((length, text) => length + text.length, 0);
}
