import { type Config, type JwtConfig, jwtSignMethods, type TokenConfig } from './config.ts';
import { parseGoDuration } from './go-duration.ts';

/** The costs that bcrypt accepts, and etcd's default. */
export const bcryptCost = { min: 4, max: 31, default: 10 } as const;

/** etcd's defaults. */
const simpleTtlSecondsDefault = 300;
const jwtTtlMsDefault = 5 * 60_000;

/** The value of `--auth-token`. The lifetime of simple tokens has its own flag. */
export type TokenSpec = Exclude<TokenConfig, { readonly kind: 'simple' }> | { readonly kind: 'simple' };

/** Reads `simple`, `jwt,NAME=VALUE,...`, or an empty text for no tokens, as etcd does. */
export function parseAuthToken(text: string): TokenSpec {
  const [kind, ...pairs] = text.split(',');
  const given = new Map<string, string>();
  for (const pair of pairs) {
    const [name = '', value, ...more] = pair.split('=');
    if (value === undefined || more.length > 0) throw new Error(`"${pair}" is not NAME=VALUE`);
    if (given.has(name)) throw new Error(`${name} is given twice`);
    given.set(name, value);
  }
  switch (kind) {
    case 'simple':
      return { kind: 'simple' };
    case 'jwt':
      return jwtConfig(given);
    case '':
      return { kind: 'none' };
    default:
      throw new Error(`"${kind}" is not a token type; use simple or jwt`);
  }
}

function jwtConfig(given: ReadonlyMap<string, string>): JwtConfig {
  const signMethod = jwtSignMethods.find((method) => method === given.get('sign-method'));
  if (signMethod === undefined)
    throw new Error(`sign-method is missing or unknown; use one of ${jwtSignMethods.join(', ')}`);
  const ttl = given.get('ttl') || undefined;
  const ttlMs = ttl === undefined ? jwtTtlMsDefault : parseGoDuration(ttl);
  if (ttlMs === undefined) throw new Error(`ttl: "${ttl}" is not a duration; write 5m`);
  return {
    kind: 'jwt',
    signMethod,
    publicKeyFile: given.get('pub-key') || undefined,
    privateKeyFile: given.get('priv-key') || undefined,
    ttlMs,
  };
}

/**
 * Combines the options. As in etcd, a cost that bcrypt does not accept is replaced by the default
 * and noted.
 */
export function authConfig(given: {
  readonly spec: TokenSpec;
  readonly ttlSeconds: number;
  readonly bcryptCost: number;
}): { readonly config: Config['auth']; readonly notes: readonly string[] } {
  const ttlMs = (given.ttlSeconds || simpleTtlSecondsDefault) * 1000;
  const tokens: TokenConfig = given.spec.kind === 'simple' ? { kind: 'simple', ttlMs } : given.spec;
  if (given.bcryptCost >= bcryptCost.min && given.bcryptCost <= bcryptCost.max) {
    return { config: { tokens, bcryptCost: given.bcryptCost }, notes: [] };
  }
  const note = `--bcrypt-cost ${given.bcryptCost} is not between ${bcryptCost.min} and ${bcryptCost.max}; ${bcryptCost.default} is used`;
  return { config: { tokens, bcryptCost: bcryptCost.default }, notes: [note] };
}
