import type { Credentials } from './caller.ts';

/** Gives tokens, and knows its own, whichever instance gave them. */
export interface TokenProvider {
  /**
   * Who a token speaks for. `revision`: of auth now.
   *
   * @throws EtcdError `invalidAuthToken`
   */
  verify(token: string, revision: number): Promise<Credentials>;
  /** The same of a token that was good before, without waiting; undefined: it is to be verified. */
  known(token: string, revision: number): Credentials | undefined;
  /** @throws EtcdError when this provider gives none */
  issue(user: string, revision: number): Promise<string>;
}
