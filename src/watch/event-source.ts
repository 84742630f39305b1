/** What the watch side asks of the store: rows of the log as events. */
import type { EventsRequest } from '../mvcc/events.ts';
import type { Keys, Revision, RowId } from '../mvcc/operations.ts';
import type { Head, LogEvent } from '../mvcc/results.ts';
import type { EventFedCache } from './event-fed-cache.ts';

/** A stretch of the log. */
export interface EventPage {
  /** In id order. The events of one transaction are neighbours with one revision and never split between two pages. */
  readonly events: readonly LogEvent[];
  /** Every event up to and including this id was considered; ask on from here. */
  readonly throughId: RowId;
  /** The store's head in the same snapshot. */
  readonly head: Head;
}

/** All events after an id up to `throughId`, which is the head. */
export interface BatchEvents extends EventPage {
  readonly afterId: RowId;
}

/** Who hears from this process's writes what they did. */
export interface EventFollower {
  /** Asked, synchronously, when writes are about to be given to the database. */
  needsEvents(): boolean;
  /** Called before the writes are answered; not for all of them. */
  take(events: BatchEvents): void;
}

/** Rejects with `DriverError` while the database is away; the caller tries again. */
export interface EventSource {
  /** The next events after an id, at most about `countMax` (a larger transaction comes whole) and a few MiB. Empty page: nothing new. */
  eventsAfter(request: EventsRequest): Promise<EventPage>;
  /**
   * The same for some keys only, for a watcher that catches up: ends at `throughId` of the request at the latest. A page may be empty although
   * more follow: go on while `throughId` of the page is below the request's. When `head.compactRevision` exceeds the revision the watcher selection
   * next, events may be missing from the page: the watcher is to be cancelled with that compact revision.
   */
  eventsOfKeys(request: { keys: Keys; afterId: RowId; throughId: RowId }): Promise<EventPage>;
  /** The id of the last row before a revision's first: events from `revision` on are those after this id. */
  idBefore(revision: Revision): Promise<{ id: RowId; head: Head }>;
  /** Calls back, synchronously and often, whenever a newer head than any before was seen (a local commit, a read). Returns the way to stop. */
  onHead(listener: (head: Head) => void): () => void;
  /** Calls back when another instance may have written what this process has not seen: a reason to read, not a head. Returns the way to stop. */
  onHint(listener: () => void): () => void;
  /** Events of most batches arrive together with the batch's own answer, without another way to the database. Undefined: nobody follows any more. */
  follow(follower: EventFollower | undefined): void;
  /** Whether writes of this process are under way, whose events may come with their answer. */
  readonly isWriting: boolean;
  /** The head now, from the database. Whoever listens to heads hears of it before this resolves. */
  readHead(): Promise<Head>;
  /** The newest head seen so far, without asking. */
  readonly latestHead: Head;
  /** What is kept up with the events beside the watchers. */
  readonly cache?: EventFedCache;
  /** How often to ask when nothing wakes the tailer, in ms: every `min` while others' events come, up to every `max` while none do. */
  readonly pollMs: { readonly min: number; readonly max: number };
}
