import type { Credentials } from './caller.ts';

/** Gives tokens, and knows its own, whichever instance gave them. */
export interface TokenProvider {
  /**
   * Who a token speaks for. `revision`: of auth now.
   *
   * @throws EtcdError `invalidAuthToken`
   */
  verify(token: string, revision: number): Promise<Credentials>;
  /** @throws EtcdError when this provider gives none */
  issue(user: string, revision: number): Promise<string>;
}
