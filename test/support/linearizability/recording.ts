/**
 * The record of a run for the checks: requests and replies of clients, and messages of watches.
 * Plain data.
 */

/** A key with its value as a reply or an event shows it. */
export interface Pair {
  readonly key: string;
  readonly value: string;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
}

/** No two writes of a run have the same value, so that a value names the write it came from. */
export type Request =
  | { readonly kind: 'get'; readonly key: string }
  | { readonly kind: 'list'; readonly prefix: string }
  /** Several keys are written by one transaction. */
  | { readonly kind: 'put'; readonly keys: readonly string[]; readonly value: string }
  /** Writes when the key's mod revision is the expected one; 0: when the key does not exist. */
  | { readonly kind: 'swap'; readonly key: string; readonly expectedRevision: number; readonly value: string }
  | { readonly kind: 'delete'; readonly key: string };

export interface Reply {
  /** The revision in the header. */
  readonly revision: number;
  /** Whether the operation wrote. Its revision is then the header's. */
  readonly wrote: boolean;
  /**
   * The pairs of the request's keys: before the write when it wrote, at the header's revision
   * otherwise.
   */
  readonly seen: readonly Pair[];
}

/** A call and its return: positions in the order of all calls and returns of a run. */
export interface Interval {
  readonly called: number;
  /** Infinity: the operation is in doubt; it may have taken effect or still do so. */
  readonly returned: number;
}

/** One request of a client. A client has one running request, or one in doubt and the next. */
export interface Operation extends Interval {
  readonly client: string;
  readonly instance: string;
  readonly request: Request;
  /** Undefined: in doubt. */
  readonly reply: Reply | undefined;
  /** Since the start of the run, for display only; the checks use `called` and `returned`. */
  readonly calledMs: number;
  readonly returnedMs: number;
}

export interface WatchedEvent {
  readonly kind: 'put' | 'delete';
  /** Of a deleted key only the key and the mod revision are set. */
  readonly pair: Pair;
  readonly previous: Pair | undefined;
}

/** One response of a watch. Without events it is a progress notification. */
export interface WatchMessage {
  /** Counts the streams of a watch, which resumes on another when one breaks. */
  readonly stream: number;
  readonly revision: number;
  readonly events: readonly WatchedEvent[];
}

export interface WatchRecord {
  readonly instance: string;
  readonly messages: readonly WatchMessage[];
}

/**
 * A run on a store without other writers. Every watch sees all keys, from after `firstRevision` to
 * `lastRevision`.
 */
export interface Recording {
  /** The store's revision before the first operation, when none of the keys existed. */
  readonly firstRevision: number;
  readonly lastRevision: number;
  readonly operations: readonly Operation[];
  readonly watches: readonly WatchRecord[];
}

/** A part of a recording that a correct store never produces. */
export interface Violation {
  readonly what: string;
  /** The operations or events that prove it, one a line. */
  readonly excerpt: readonly string[];
}

/** The keys that an operation would write; a read has none. */
export function keysWrittenBy(request: Request): readonly string[] {
  switch (request.kind) {
    case 'get':
    case 'list':
      return [];
    case 'put':
      return request.keys;
    case 'swap':
    case 'delete':
      return [request.key];
  }
}
