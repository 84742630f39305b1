/**
 * Tokens that other programs can read: JSON Web Tokens (RFC 7519) with etcd's claims. The private
 * key can issue and verify them; the public key can only verify them.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { jwtVerify, SignJWT } from 'jose';
import type { JwtConfig } from '../../config/config.ts';
import { etcdError, StartError } from '../../errors.ts';
import { BoundedCache } from '../../kit/bounded-cache.ts';
import { serverLimits } from '../server-limits.ts';
import type { Credentials } from './caller.ts';
import type { TokenProvider } from './token-provider.ts';

interface Keys {
  readonly verifying: KeyObject | Uint8Array;
  /** Undefined: there is only a public key. */
  readonly signing: KeyObject | Uint8Array | undefined;
}

/** A verified token, until it expires. */
interface CachedToken extends Credentials {
  readonly expiresAtMs: number;
}

/** Three parts in base64 for URLs, without padding. */
const tokenForm = /^[\w-]+\.[\w-]+\.[\w-]+$/;

export class JwtTokens implements TokenProvider {
  readonly #config: JwtConfig;
  readonly #keys: Keys;
  readonly #cache = new BoundedCache<CachedToken>({
    countMax: serverLimits.knownTokensMax,
    bytesMax: serverLimits.knownTokensBytesMax,
  });

  private constructor(config: JwtConfig, keys: Keys) {
    this.#config = config;
    this.#keys = keys;
  }

  /** @throws StartError when a key cannot be read, or does not match the method or the other key */
  static async open(config: JwtConfig): Promise<JwtTokens> {
    try {
      const tokens = new JwtTokens(config, await readKeys(config));
      // A key of the wrong kind fails at its first use.
      if (tokens.#keys.signing !== undefined) await tokens.verify(await tokens.issue('', 1));
      return tokens;
    } catch (cause) {
      throw new StartError(`--auth-token: ${(cause as Error).message}`, { cause });
    }
  }

  cached(token: string): Credentials | undefined {
    const cachedToken = this.#cache.get(token);
    return cachedToken !== undefined && cachedToken.expiresAtMs > Date.now() ? cachedToken : undefined;
  }

  async verify(token: string): Promise<Credentials> {
    const cachedToken = this.#cache.get(token) ?? (await this.#read(token));
    if (cachedToken.expiresAtMs > Date.now()) return cachedToken;
    this.#cache.delete(token);
    throw etcdError('invalidAuthToken');
  }

  async issue(user: string, revision: number): Promise<string> {
    const { signing } = this.#keys;
    if (signing === undefined) throw etcdError('verifyOnly');
    return new SignJWT({ username: user, revision })
      .setProtectedHeader({ alg: this.#config.signMethod, typ: 'JWT' })
      .setExpirationTime(Math.floor((Date.now() + this.#config.ttlMs) / 1000))
      .sign(signing);
  }

  async #read(token: string): Promise<CachedToken> {
    const cachedToken = await this.#verified(token);
    if (cachedToken === undefined) throw etcdError('invalidAuthToken');
    this.#cache.set(token, cachedToken, 2 * cachedToken.user.length);
    return cachedToken;
  }

  async #verified(token: string): Promise<CachedToken | undefined> {
    // The library also reads parts that are padded. RFC 7515 and etcd's library refuse them.
    if (!tokenForm.test(token)) return undefined;
    try {
      const { payload } = await jwtVerify(token, this.#keys.verifying, { algorithms: [this.#config.signMethod] });
      const { username, revision, exp = Number.POSITIVE_INFINITY } = payload;
      if (typeof username !== 'string' || typeof revision !== 'number') return undefined;
      return { user: username, revision: Math.trunc(revision), expiresAtMs: exp * 1000 };
    } catch {
      return undefined;
    }
  }
}

async function readKeys({ signMethod, publicKeyFile, privateKeyFile }: JwtConfig): Promise<Keys> {
  const privateKey = privateKeyFile === undefined ? undefined : await readFile(privateKeyFile);
  if (signMethod.startsWith('HS')) {
    if (privateKey === undefined || privateKey.length === 0) throw new Error(`${signMethod} needs priv-key=FILE`);
    return { verifying: privateKey, signing: privateKey };
  }
  const signing = privateKey === undefined ? undefined : createPrivateKey(privateKey);
  const given = publicKeyFile === undefined ? undefined : createPublicKey(await readFile(publicKeyFile));
  const verifying = given ?? (signing && createPublicKey(signing));
  if (verifying === undefined)
    throw new Error(`${signMethod} needs priv-key=FILE, or pub-key=FILE to only verify tokens`);
  if (signing !== undefined && given !== undefined && !createPublicKey(signing).equals(given)) {
    throw new Error('pub-key does not belong to priv-key; give the matching pair');
  }
  return { verifying, signing };
}
