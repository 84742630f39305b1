/**
 * The one place that decides who calls and whether it may. Every call of a service goes through `read`, `parts`, `write`, `admin` or `known`.
 *
 * What is checked is checked in a state of auth. A write carries that state and is refused where it is made if the database is in another one; a read counts if no answer
 * since, its own among them, has shown another one. Then, and before any refusal, the check is made again: nobody is let in, or kept out, by what was so a moment ago,
 * whichever instance changed it.
 */
import { DriverError, EtcdError, etcdError } from '../../errors.ts';
import { authRevision, isAuthOn, permitsAlike } from '../../mvcc/auth/auth-state.ts';
import type { Permit } from '../../mvcc/auth/permit.ts';
import type { AuthStore } from '../../store/auth-store.ts';
import type { Requester } from '../../store/requester.ts';
import type { Call } from '../transport/grpc/method.ts';
import { Caller, type Credentials, type Need } from './caller.ts';
import { adminNeed, knownNeed } from './needs.ts';
import type { Passwords } from './passwords.ts';
import type { TokenProvider } from './token-provider.ts';

/** Changes of users that a call outlives: a script makes some hundred a second, and a call is answered within milliseconds. */
const attemptsMax = 10;

/** What a check found. */
interface Checked {
  readonly epoch: number;
  readonly permit: Permit;
  /** Undefined while auth is off: then everybody may do everything. */
  readonly caller: Caller | undefined;
}

/** What work may ask about its check. */
export interface Standing {
  /** Undefined while auth is off. */
  readonly caller: Caller | undefined;
  /** Whether no answer of the database has shown another state of auth since. */
  holds(): boolean;
}

/** Who makes a write, and what it was permitted by. */
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

  /** Work that asks the database and changes nothing: it may be done several times. @throws EtcdError */
  async read<Result>(call: Call, need: Need, work: (standing: Standing) => Promise<Result>): Promise<Result> {
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const { permit, caller } = this.#checkAtOnce(call, need) ?? (await this.#check(call, need));
      const holds = () => permitsAlike(permit.permittedIn, this.#auth.state);
      try {
        const result = await work({ caller, holds });
        if (holds()) return result;
      } catch (error) {
        if (holds()) throw error;
      }
    }
    throw etcdError('authOldRevision');
  }

  /** The same in parts: each is checked before it is given. */
  async *parts<Part>(call: Call, need: Need, parts: () => AsyncIterable<Part>): AsyncGenerator<Part> {
    let { epoch } = await this.#check(call, need);
    for await (const part of parts()) {
      if (this.#auth.epoch !== epoch) ({ epoch } = await this.#check(call, need));
      yield part;
    }
  }

  /** Work that is one write, which carries the permit. @throws EtcdError */
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

  /** For what only the role root may do and needs no keys: a line before the work. @throws EtcdError */
  admin(call: Call): Promise<void> {
    return this.#now(call, adminNeed);
  }

  /** For what anybody may do who is somebody. @throws EtcdError */
  known(call: Call): Promise<void> {
    return this.#now(call, knownNeed);
  }

  /** By the state of now. While auth is off a database that is away hinders nobody who needs nothing from it. */
  async #now(call: Call, need: Need): Promise<void> {
    await this.read(call, need, async ({ caller }) => {
      try {
        await this.#auth.refresh(call);
      } catch (error) {
        if (caller !== undefined || !this.#auth.isKnown || !(error instanceof DriverError)) throw error;
      }
    });
  }

  /** What needs not wait: auth is off, or the token and its user are known, and may. Undefined: look closer. Nearly every call ends here. */
  #checkAtOnce(call: Call, need: Need): Checked | undefined {
    const { epoch, state } = this.#auth;
    if (!isAuthOn(state)) return { epoch, permit: { permittedIn: state }, caller: undefined };
    const token = tokenOf(call);
    const credentials = token === undefined ? undefined : this.tokens.known(token, authRevision(state));
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

  /** A refusal is told when it is a refusal in the state of now. */
  async #check(call: Call, need: Need): Promise<Checked> {
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

  /** A token comes before a certificate. @throws EtcdError when it is not good */
  async #credentialsOf(call: Call, revision: number): Promise<Credentials | undefined> {
    const token = tokenOf(call);
    if (token !== undefined) return this.tokens.verify(token, revision);
    if (!this.#trustsCertificates) return undefined;
    const { commonName } = call;
    // What a gateway sends has the gateway's certificate, whoever asked the gateway.
    if (commonName === undefined || call.metadata('grpcgateway-accept') !== undefined) return undefined;
    return { user: commonName, revision };
  }
}

/** Undefined: none. Of a header that came several times the first counts. */
function tokenOf(call: Call): string | undefined {
  const header = call.metadata('token') ?? call.metadata('authorization');
  if (header === undefined) return undefined;
  const [first = ''] = header.split(',', 1);
  return first.startsWith('Bearer ') ? first.slice('Bearer '.length) : first;
}
