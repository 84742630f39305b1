/**
 * Tokens in tine's own format. A token contains its user and the time of its issue, signed with a
 * secret from the database. So each instance can verify the tokens of all others. A fingerprint
 * ties it to the password: a changed password or a deleted user makes it invalid. Turning auth off
 * deletes the secret.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { etcdError } from '../../errors.ts';
import { BoundedCache } from '../../kit/bounded-cache.ts';
import type { AuthStore } from '../../store/auth-store.ts';
import { internal } from '../../store/queues/requester.ts';
import { serverLimits } from '../server-limits.ts';
import type { Credentials } from './caller.ts';
import type { TokenProvider } from './token-provider.ts';

/**
 * The first part of a token: the time of its issue (milliseconds since 1970), a random number that
 * makes it unique, the fingerprint, and the user's name.
 */
const timeBytes = 6;
const nonceBytes = 8;
const fingerprintBytes = 8;
const nameStart = timeBytes + nonceBytes + fingerprintBytes;

/** A token that was valid. */
interface CachedToken {
  readonly user: string;
  readonly fingerprint: Uint8Array;
  /** The epoch of auth in which it was last compared with the secret and its user. */
  epoch: number;
  /**
   * Its last use on this instance, by the monotonic clock, so that a change of the wall clock ends
   * no session.
   */
  usedAtMs: number;
}

export class SimpleTokens implements TokenProvider {
  readonly #auth: AuthStore;
  readonly #ttlMs: number;
  readonly #cache = new BoundedCache<CachedToken>({
    countMax: serverLimits.knownTokensMax,
    bytesMax: serverLimits.knownTokensBytesMax,
  });

  /**
   * A token lasts `ttlMs` from its last use on an instance. On other instances it lasts `ttlMs`
   * from its issue. This is the same among etcd's members.
   */
  constructor(auth: AuthStore, options: { readonly ttlMs: number }) {
    this.#auth = auth;
    this.#ttlMs = options.ttlMs;
  }

  cached(token: string, revision: number): Credentials | undefined {
    const cachedToken = this.#cache.get(token);
    const nowMs = performance.now();
    if (
      cachedToken === undefined ||
      cachedToken.epoch !== this.#auth.epoch ||
      nowMs - cachedToken.usedAtMs >= this.#ttlMs
    )
      return undefined;
    cachedToken.usedAtMs = nowMs;
    return { user: cachedToken.user, revision };
  }

  async verify(token: string, revision: number): Promise<Credentials> {
    const cachedToken = this.#cache.get(token) ?? (await this.#read(token));
    const nowMs = performance.now();
    if (nowMs - cachedToken.usedAtMs >= this.#ttlMs) return this.#refuse(token);
    const { epoch } = this.#auth;
    if (cachedToken.epoch !== epoch) {
      if (!(await this.#isStillValid(token, cachedToken))) return this.#refuse(token);
      cachedToken.epoch = epoch;
    }
    cachedToken.usedAtMs = nowMs;
    return { user: cachedToken.user, revision };
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

  /** Reads a token that is not cached. @throws EtcdError when its signature is invalid */
  async #read(token: string): Promise<CachedToken> {
    const [first = '', second = ''] = token.split('.');
    const body = Buffer.from(first, 'base64url');
    const signature = Buffer.from(second, 'base64url');
    const expected = signatureOf(body, await this.#auth.secret());
    const isSigned = signature.length === expected.length && timingSafeEqual(signature, expected);
    // Some bytes have several texts in base64. Only one of them is a valid token.
    if (!isSigned || token !== `${body.toString('base64url')}.${signature.toString('base64url')}`)
      throw etcdError('invalidAuthToken');
    // A time in the future: the clock was set back after the issue. The token is valid from now on.
    const ageMs = Math.max(0, this.#auth.nowMs() - body.readUIntBE(0, timeBytes));
    const cachedToken: CachedToken = {
      user: body.subarray(nameStart).toString(),
      // A copy: a view would keep the whole body in memory.
      fingerprint: Uint8Array.from(body.subarray(timeBytes + nonceBytes, nameStart)),
      epoch: -1,
      usedAtMs: performance.now() - ageMs,
    };
    this.#cache.set(token, cachedToken, 2 * cachedToken.user.length);
    return cachedToken;
  }

  async #isStillValid(token: string, { user, fingerprint }: CachedToken): Promise<boolean> {
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
    this.#cache.delete(token);
    throw etcdError('invalidAuthToken');
  }
}

function signatureOf(body: Buffer, secret: Uint8Array): Buffer {
  return createHmac('sha256', secret).update('token').update(body).digest();
}

/** Without the secret, it reveals nothing about the password. */
function fingerprintOf(passwordHash: string, secret: Uint8Array): Buffer {
  return createHmac('sha256', secret).update('password').update(passwordHash).digest().subarray(0, fingerprintBytes);
}
