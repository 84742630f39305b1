/** Who asks the store for something. */

/** Where requests come from: one client connection. Compared by identity. */
export interface Origin {
  /** Whether so many bytes of answers wait for this client that no further reads of it are started. False once the connection is closed. */
  readonly isBackedUp: boolean;
  /** Calls back once, when `isBackedUp` has become false. */
  onceDrained(wake: () => void): void;
}

/** One request of a client, or work of the server. */
export interface Requester {
  readonly origin: Origin;
  /** Cancelled, past its deadline, or without its connection: the answer is not needed any more. */
  readonly isGone: boolean;
}

/** Work of the server that nobody can give up, with an origin of its own. */
export function ownRequester(): Requester {
  return { origin: { isBackedUp: false, onceDrained: () => {} }, isGone: false };
}

/** What keeps the store running: the tailer, compaction, leases, members. It is never refused because of clients. */
export const internal: Requester = ownRequester();

/** A request whose answer is shared with others: it counts for its origin and cannot be given up. */
export function uncancellable({ origin }: Requester): Requester {
  return { origin, isGone: false };
}
