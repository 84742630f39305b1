/**
 * Tokens of tine's own. A token names its user and when it was given, signed with a secret that all instances find in the database, so that each of them knows the tokens of
 * the others without being told. It says which password it was given for, by a fingerprint: with the password, or its user, it is gone. Turning auth off throws the secret away.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { etcdError } from '../../errors.ts';
import type { AuthStore } from '../../store/auth-store.ts';
import { internal } from '../../store/requester.ts';
import { BoundedCache } from '../../text/bounded-cache.ts';
import { serverLimits } from '../server-limits.ts';
import type { Credentials } from './caller.ts';
import type { TokenProvider } from './token-provider.ts';

/** A token's first part: when it was given (milliseconds since 1970), a number that makes it the only one, the fingerprint, and the user's name. */
const timeBytes = 6;
const nonceBytes = 8;
const fingerprintBytes = 8;
const nameStart = timeBytes + nonceBytes + fingerprintBytes;

/** A token that was good. */
interface Known {
  readonly user: string;
  readonly fingerprint: Uint8Array;
  /** The epoch of auth in which it was last compared with the secret and its user. */
  epoch: number;
  /** When it was last used through this instance, by its monotonic clock: a clock that is set ends no session. */
  usedAtMs: number;
}

export class SimpleTokens implements TokenProvider {
  readonly #auth: AuthStore;
  readonly #ttlMs: number;
  readonly #known = new BoundedCache<Known>({
    countMax: serverLimits.knownTokensMax,
    bytesMax: serverLimits.knownTokensBytesMax,
  });

  /** A token lasts `ttlMs` from its last use through an instance on, through the others from when it was given: etcd's members do the same. */
  constructor(auth: AuthStore, options: { readonly ttlMs: number }) {
    this.#auth = auth;
    this.#ttlMs = options.ttlMs;
  }

  known(token: string, revision: number): Credentials | undefined {
    const known = this.#known.get(token);
    const nowMs = performance.now();
    if (known === undefined || known.epoch !== this.#auth.epoch || nowMs - known.usedAtMs >= this.#ttlMs)
      return undefined;
    known.usedAtMs = nowMs;
    return { user: known.user, revision };
  }

  async verify(token: string, revision: number): Promise<Credentials> {
    const known = this.#known.get(token) ?? (await this.#read(token));
    const nowMs = performance.now();
    if (nowMs - known.usedAtMs >= this.#ttlMs) return this.#refuse(token);
    const { epoch } = this.#auth;
    if (known.epoch !== epoch) {
      if (!(await this.#isStillGood(token, known))) return this.#refuse(token);
      known.epoch = epoch;
    }
    known.usedAtMs = nowMs;
    return { user: known.user, revision };
  }

  async issue(user: string): Promise<string> {
    const secret = await this.#auth.secret();
    const rights = await this.#auth.user(user, internal);
    if (rights === undefined) throw etcdError('authFailed');
    const body = Buffer.concat([
      Buffer.alloc(timeBytes),
      randomBytes(nonceBytes),
      fingerprintOf(rights.passwordHash, secret),
      Buffer.from(user),
    ]);
    body.writeUIntBE(this.#auth.nowMs(), 0, timeBytes);
    return `${body.toString('base64url')}.${signatureOf(body, secret).toString('base64url')}`;
  }

  /** A token that was not seen before, by what it says of itself. @throws EtcdError when nobody here signed it */
  async #read(token: string): Promise<Known> {
    const [first = '', second = ''] = token.split('.');
    const body = Buffer.from(first, 'base64url');
    const signature = Buffer.from(second, 'base64url');
    const expected = signatureOf(body, await this.#auth.secret());
    const isOurs = signature.length === expected.length && timingSafeEqual(signature, expected);
    // Base64 has several texts for some bytes: a token has one.
    if (!isOurs || token !== `${body.toString('base64url')}.${signature.toString('base64url')}`)
      throw etcdError('invalidAuthToken');
    // Given in the future: the clock was set back since. The token counts from now on.
    const ageMs = Math.max(0, this.#auth.nowMs() - body.readUIntBE(0, timeBytes));
    const known: Known = {
      user: body.subarray(nameStart).toString(),
      // A copy: a part of the body keeps the body in memory.
      fingerprint: Uint8Array.from(body.subarray(timeBytes + nonceBytes, nameStart)),
      epoch: -1,
      usedAtMs: performance.now() - ageMs,
    };
    this.#known.set(token, known, 2 * known.user.length);
    return known;
  }

  async #isStillGood(token: string, { user, fingerprint }: Known): Promise<boolean> {
    const secret = await this.#auth.secret();
    const [first = '', second = ''] = token.split('.');
    const isSigned = timingSafeEqual(
      signatureOf(Buffer.from(first, 'base64url'), secret),
      Buffer.from(second, 'base64url'),
    );
    const rights = await this.#auth.user(user, internal);
    return isSigned && rights !== undefined && timingSafeEqual(fingerprintOf(rights.passwordHash, secret), fingerprint);
  }

  #refuse(token: string): never {
    this.#known.delete(token);
    throw etcdError('invalidAuthToken');
  }
}

function signatureOf(body: Buffer, secret: Uint8Array): Buffer {
  return createHmac('sha256', secret).update('token').update(body).digest();
}

/** Says nothing of the password to who has not the secret. */
function fingerprintOf(passwordHash: string, secret: Uint8Array): Buffer {
  return createHmac('sha256', secret).update('password').update(passwordHash).digest().subarray(0, fingerprintBytes);
}
