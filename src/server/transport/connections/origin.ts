/** Where requests come from: one client connection. Compared by identity. The store's `Origin` has the same shape. */
export interface Origin {
  /** Whether so many bytes of answers wait for this client that no further reads of it are started. False once the connection is closed. */
  readonly isBackedUp: boolean;
  /** Calls back once, when `isBackedUp` has become false. */
  onceDrained(wake: () => void): void;
}
