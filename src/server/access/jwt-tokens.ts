/** Tokens that others can read: JSON Web Tokens (RFC 7519) with etcd's claims. Whoever has the private key can give them; who has the public one alone knows them. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { jwtVerify, SignJWT } from 'jose';
import type { JwtConfig } from '../../config/config.ts';
import { etcdError, StartError } from '../../errors.ts';
import { BoundedCache } from '../../text/bounded-cache.ts';
import { serverLimits } from '../server-limits.ts';
import type { Credentials } from './caller.ts';
import type { TokenProvider } from './token-provider.ts';

interface Keys {
  readonly verifying: KeyObject | Uint8Array;
  /** Undefined: only the public key is here. */
  readonly signing: KeyObject | Uint8Array | undefined;
}

/** What was verified, until it expires. */
interface Known extends Credentials {
  readonly expiresAtMs: number;
}

export class JwtTokens implements TokenProvider {
  readonly #config: JwtConfig;
  readonly #keys: Keys;
  readonly #known = new BoundedCache<Known>({
    countMax: serverLimits.knownTokensMax,
    bytesMax: serverLimits.knownTokensBytesMax,
  });

  private constructor(config: JwtConfig, keys: Keys) {
    this.#config = config;
    this.#keys = keys;
  }

  /** @throws StartError when the keys cannot be read, or do not fit the method or each other */
  static async open(config: JwtConfig): Promise<JwtTokens> {
    try {
      const tokens = new JwtTokens(config, await readKeys(config));
      // A key of the wrong kind shows when it is used.
      if (tokens.#keys.signing !== undefined) await tokens.verify(await tokens.issue('', 1));
      return tokens;
    } catch (cause) {
      throw new StartError(`--auth-token: ${(cause as Error).message}`, { cause });
    }
  }

  known(token: string): Credentials | undefined {
    const known = this.#known.get(token);
    return known !== undefined && known.expiresAtMs > Date.now() ? known : undefined;
  }

  async verify(token: string): Promise<Credentials> {
    const known = this.#known.get(token) ?? (await this.#read(token));
    if (known.expiresAtMs > Date.now()) return known;
    this.#known.delete(token);
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

  async #read(token: string): Promise<Known> {
    const known = await this.#verified(token);
    if (known === undefined) throw etcdError('invalidAuthToken');
    this.#known.set(token, known, 2 * known.user.length);
    return known;
  }

  async #verified(token: string): Promise<Known | undefined> {
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
    throw new Error(`${signMethod} needs priv-key=FILE, or pub-key=FILE to know tokens and give none`);
  if (signing !== undefined && given !== undefined && !createPublicKey(signing).equals(given)) {
    throw new Error('pub-key is not that of priv-key');
  }
  return { verifying, signing };
}
