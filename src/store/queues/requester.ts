/** The sources of requests to the store. */

/** The origin of requests: one client connection. Compared by identity. */
export interface Origin {
  /**
   * Whether the client has too many unread replies: no further reads start for it. False once the
   * connection is closed.
   */
  readonly isBackedUp: boolean;
  /** Calls back once, when `isBackedUp` has become false. */
  onceDrained(wake: () => void): void;
}

/** One request of a client, or work of the server. */
export interface Requester {
  readonly origin: Origin;
  /** Cancelled, past its deadline, or without its connection: the reply is no longer needed. */
  readonly isGone: boolean;
}

/** A requester for work of the server, with its own origin. It is never gone. */
export function ownRequester(): Requester {
  return { origin: { isBackedUp: false, onceDrained: () => {} }, isGone: false };
}

/**
 * The requester of the store's own work: the tailer, compaction, leases, members. It is never
 * refused because of clients.
 */
export const internal: Requester = ownRequester();

/**
 * A requester for an answer that several requests share. It counts for its origin and cannot be
 * cancelled.
 */
export function uncancellable({ origin }: Requester): Requester {
  return { origin, isGone: false };
}
