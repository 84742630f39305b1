/** The sources of requests to the store. */
import type { Origin } from '../../kit/origin.ts';
import type { Trace } from '../../kit/trace.ts';

/** One request of a client, or work of the server. */
export interface Requester {
  readonly origin: Origin;
  /** Cancelled, past its deadline, or without its connection: the reply is no longer needed. */
  readonly isGone: boolean;
  /** Undefined: the request is not traced. */
  readonly trace?: Trace | undefined;
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
