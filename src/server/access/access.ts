/**
 * Identifies the caller of each call and checks its rights. Every call of a service goes through
 * `read`, `parts`, `write`, `admin` or `authenticated`.
 *
 * A check is valid for one state of auth. A write carries that state, and is refused if the
 * database has another one. A read counts if no answer of the database since, including its own,
 * has shown another state. Otherwise the check is repeated, also before any refusal. So no call is
 * allowed or refused by an outdated state, regardless of the instance that changed it.
 */
import { DriverError, EtcdError, etcdError } from '../../errors.ts';
import { authRevision, isAuthOn, permitsAlike } from '../../mvcc/auth/auth-state.ts';
import type { Permit } from '../../mvcc/auth/permit.ts';
import type { AuthStore } from '../../store/auth-store.ts';
import type { Requester } from '../../store/queues/requester.ts';
import type { Call } from '../transport/grpc/method.ts';
import { Caller, type Credentials, type Need } from './caller.ts';
import { adminNeed, authenticatedNeed } from './needs.ts';
import type { Passwords } from './passwords.ts';
import type { TokenProvider } from './token-provider.ts';

/**
 * Concurrent changes of users that a call tolerates. A script makes a hundred or so a second, and a
 * call takes milliseconds.
 */
const attemptsMax = 10;

/** The result of a check. */
interface CheckResult {
  readonly epoch: number;
  readonly permit: Permit;
  /** Undefined while auth is off: then every caller may do everything. */
  readonly caller: Caller | undefined;
}

/** The check, as work sees it. */
export interface CurrentCheck {
  /** Undefined while auth is off. */
  readonly caller: Caller | undefined;
  /** Whether no answer of the database has shown another state of auth since the check. */
  isCurrent(): boolean;
}

/** The requester of a write, and its permit. */
export interface PermittedCall {
  readonly permit: Permit;
  readonly requester: Requester;
}

export interface AccessOptions {
  readonly auth: AuthStore;
  readonly tokens: TokenProvider;
  readonly passwords: Passwords;
  /** Whether a verified certificate names a user (`--client-cert-auth`). */
  readonly trustsCertificates: boolean;
}

export class Access {
  readonly tokens: TokenProvider;
  readonly passwords: Passwords;
  readonly #auth: AuthStore;
  readonly #trustsCertificates: boolean;

  constructor({ auth, tokens, passwords, trustsCertificates }: AccessOptions) {
    this.#auth = auth;
    this.tokens = tokens;
    this.passwords = passwords;
    this.#trustsCertificates = trustsCertificates;
  }

  /** Whether a caller without a token is the user that its certificate names. */
  get takesUsersOfCertificates(): boolean {
    return this.#trustsCertificates && isAuthOn(this.#auth.state);
  }

  /** Runs work that only reads the database. It may run several times. @throws EtcdError */
  async read<Result>(call: Call, need: Need, work: (check: CurrentCheck) => Promise<Result>): Promise<Result> {
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const { permit, caller } = this.#checkAtOnce(call, need) ?? (await this.#check(call, need));
      const isCurrent = () => permitsAlike(permit.permittedIn, this.#auth.state);
      try {
        const result = await work({ caller, isCurrent });
        if (isCurrent()) return result;
      } catch (error) {
        if (isCurrent()) throw error;
      }
    }
    throw etcdError('authOldRevision');
  }

  /** The same for a read in parts. Each part is checked before it is yielded. */
  async *parts<Part>(call: Call, need: Need, parts: () => AsyncIterable<Part>): AsyncGenerator<Part> {
    let { epoch } = await this.#check(call, need);
    for await (const part of parts()) {
      if (this.#auth.epoch !== epoch) ({ epoch } = await this.#check(call, need));
      yield part;
    }
  }

  /** Runs work that is one write, which carries the permit. @throws EtcdError */
  async write<Result>(call: Call, need: Need, work: (by: PermittedCall) => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      const { permit } = this.#checkAtOnce(call, need) ?? (await this.#check(call, need));
      try {
        return await work({ permit, requester: call });
      } catch (error) {
        if (!(error instanceof EtcdError) || error.entry !== 'authOldRevision' || attempt === attemptsMax) throw error;
        await this.#auth.refresh(call);
      }
    }
  }

  /** Checks for the role root, for work that needs no rights to keys. @throws EtcdError */
  admin(call: Call): Promise<void> {
    return this.#now(call, adminNeed);
  }

  /** Checks for any authenticated caller. @throws EtcdError */
  authenticated(call: Call): Promise<void> {
    return this.#now(call, authenticatedNeed);
  }

  /**
   * Checks in the current state of the database. While auth is off, an unavailable database does
   * not stop calls that do not need it.
   */
  async #now(call: Call, need: Need): Promise<void> {
    await this.read(call, need, async ({ caller }) => {
      try {
        await this.#auth.refresh(call);
      } catch (error) {
        if (caller !== undefined || !this.#auth.isKnown || !(error instanceof DriverError)) throw error;
      }
    });
  }

  /**
   * Checks without a wait: auth is off, or the token and its user are cached and have the right.
   * Undefined: `#check` must decide. Nearly every call ends here.
   */
  #checkAtOnce(call: Call, need: Need): CheckResult | undefined {
    const { epoch, state } = this.#auth;
    if (!isAuthOn(state)) return { epoch, permit: { permittedIn: state }, caller: undefined };
    const token = tokenOf(call);
    const credentials = token === undefined ? undefined : this.tokens.cached(token, authRevision(state));
    const user = credentials && this.#auth.existingUser(credentials.user);
    if (user === undefined) return undefined;
    const caller = new Caller(credentials, user, authRevision(state));
    try {
      need(caller);
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      return undefined;
    }
    return { epoch, permit: caller.permit(state), caller };
  }

  /** Refuses only in the current state of auth. */
  async #check(call: Call, need: Need): Promise<CheckResult> {
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const { epoch, state } = this.#auth;
      if (!isAuthOn(state)) return { epoch, permit: { permittedIn: state }, caller: undefined };
      try {
        const caller = await this.#callerOf(call, authRevision(state));
        need(caller);
        if (this.#auth.epoch === epoch) return { epoch, permit: caller.permit(state), caller };
      } catch (error) {
        if (!(error instanceof EtcdError)) throw error;
        await this.#auth.refresh(call);
        if (this.#auth.epoch === epoch) throw error;
      }
    }
    throw etcdError('authOldRevision');
  }

  async #callerOf(call: Call, revision: number): Promise<Caller> {
    const credentials = await this.#credentialsOf(call, revision);
    if (credentials === undefined) return new Caller(undefined, undefined, revision);
    const user = this.#auth.existingUser(credentials.user) ?? (await this.#auth.user(credentials.user, call));
    return new Caller(credentials, user, revision);
  }

  /** A token takes precedence over a certificate. @throws EtcdError when the token is invalid */
  async #credentialsOf(call: Call, revision: number): Promise<Credentials | undefined> {
    const token = tokenOf(call);
    if (token !== undefined) return this.tokens.verify(token, revision);
    if (!this.#trustsCertificates) return undefined;
    const { commonName } = call;
    // A request of a gateway has the certificate of the gateway, not of its client.
    if (commonName === undefined || call.metadata('grpcgateway-accept') !== undefined) return undefined;
    return { user: commonName, revision };
  }
}

/** Undefined: there is no token. */
function tokenOf(call: Call): string | undefined {
  return (call.metadata('token') ?? call.metadata('authorization'))?.replace(/^Bearer /, '');
}
