import type { TokenConfig } from '../../config/config.ts';
import { etcdError, unreachable } from '../../errors.ts';
import type { AuthStore } from '../../store/auth-store.ts';
import { SimpleTokens } from './simple-tokens.ts';
import type { TokenProvider } from './token-provider.ts';

/** @throws StartError when the token keys cannot be used */
export async function openTokens(config: TokenConfig, auth: AuthStore): Promise<TokenProvider> {
  switch (config.kind) {
    case 'simple':
      return new SimpleTokens(auth, config);
    case 'jwt':
      // Loaded here with its library, which most servers do not need.
      return (await import('./jwt-tokens.ts')).JwtTokens.open(config);
    case 'none':
      return noTokens;
    default:
      return unreachable(config);
  }
}

/** For servers whose clients authenticate only with certificates. */
const noTokens: TokenProvider = {
  cached: () => undefined,
  verify: () => Promise.reject(etcdError('invalidAuthToken')),
  issue: () => Promise.reject(etcdError('authFailed')),
};
