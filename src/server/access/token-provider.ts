import type { Credentials } from './caller.ts';

/** Issues tokens, and verifies tokens of all instances. */
export interface TokenProvider {
  /**
   * The user of a token. `revision`: the current revision of auth.
   *
   * @throws EtcdError `invalidAuthToken`
   */
  verify(token: string, revision: number): Promise<Credentials>;
  /**
   * The user of a token that is cached as valid, without a wait. Undefined: `verify` must decide.
   */
  cached(token: string, revision: number): Credentials | undefined;
  /** @throws EtcdError when this provider issues no tokens */
  issue(user: string, revision: number): Promise<string>;
}
