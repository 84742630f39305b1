/**
 * The source of requests: one client connection, compared by identity. The store's `Origin` has the
 * same shape.
 */
export interface Origin {
  /**
   * Too many bytes of answers wait for this client, so no further reads are started for it. False
   * once the connection is closed.
   */
  readonly isBackedUp: boolean;
  /** Calls back once, when `isBackedUp` has become false. */
  onceDrained(wake: () => void): void;
}
