/** The source of requests: one client connection, compared by identity. */
export interface Origin {
  /**
   * Too many bytes of replies wait for this client, so no further reads start for it. False once
   * the connection is closed.
   */
  readonly isBackedUp: boolean;
  /** Calls back once, when `isBackedUp` has become false. */
  onceDrained(wake: () => void): void;
}
