/** The events that watches read from the store: rows of the log. */
import type { Revision, RowId } from '../../mvcc/ids.ts';
import type { EventsRequest, KeyEventsRequest } from '../../mvcc/reads/events.ts';
import type { Head, LogEvent, Rewind } from '../../mvcc/results.ts';
import type { EventFedCache } from './event-fed-cache.ts';

/** Consecutive events of the log. */
export interface EventPage {
  /**
   * In id order. The events of one transaction are neighbours with one revision, and are never
   * split between two pages.
   */
  readonly events: readonly LogEvent[];
  /** Every event up to and including this id was considered. The next read starts here. */
  readonly throughId: RowId;
  /** The store's head in the same snapshot. */
  readonly head: Head;
}

/** All events after an id up to `throughId`, which is the head. */
export interface BatchEvents extends EventPage {
  readonly afterId: RowId;
}

/** Receives the events of batches that this process committed. */
export interface EventFollower {
  /** Called synchronously before writes are given to the database. */
  needsEvents(): boolean;
  /** Called before the writes are answered. Some batches do not return their events. */
  take(events: BatchEvents): void;
  /**
   * Resolves when the follower has the events up to a revision. A compaction waits for it. So it
   * takes no events from the watchers of its instance, as in etcd.
   */
  readThrough(revision: Revision): Promise<void>;
}

/** Rejects with `DriverError` during an outage of the database; the caller retries. */
export interface EventSource {
  /**
   * The next events after an id: about `countMax` and a few MiB at most, but never a part of a
   * transaction. An empty page: nothing new.
   */
  eventsAfter(request: EventsRequest): Promise<EventPage>;
  /**
   * The same for some keys, for a watcher that catches up. Ends at `throughId` of the request at
   * the latest. A page may be empty although more follow: read on while `throughId` of the page is
   * below the request's.
   *
   * When `head.compactRevision` exceeds the next revision of the watcher, events may be missing
   * from the page. Then cancel the watcher with this compact revision.
   */
  eventsOfKeys(request: KeyEventsRequest): Promise<EventPage>;
  /** The id of the last row before a revision: the events from `revision` on have higher ids. */
  idBefore(revision: Revision): Promise<{ id: RowId; head: Head }>;
  /**
   * Calls back synchronously whenever a newer head was seen (a local commit, a read). This happens
   * often. Returns the function that removes the listener.
   */
  onHead(listener: (head: Head) => void): () => void;
  /**
   * Calls back synchronously when the database has lost its newest rows. `latestHead` is the head
   * that is left, and no answer from before arrives any more. Returns the function that removes the
   * listener.
   */
  onRewind(listener: (rewind: Rewind) => void): () => void;
  /**
   * Calls back when another instance may have written: a reason to read, without a head. Returns
   * the function that removes the listener.
   */
  onHint(listener: () => void): () => void;
  /**
   * Most batches return their events with their result, without another request to the database.
   * Undefined: removes the follower.
   */
  follow(follower: EventFollower | undefined): void;
  /** Whether writes of this process are under way, whose events may arrive with their result. */
  readonly isWriting: boolean;
  /** Reads the current head from the database. Listeners receive it before this resolves. */
  readHead(): Promise<Head>;
  /** The newest head seen so far, without a read. */
  readonly latestHead: Head;
  /** The cache that the hub keeps current. */
  readonly cache?: EventFedCache;
  /**
   * Poll interval in ms when nothing wakes the tailer: `min` while other instances write, rising to
   * `max` while none does.
   */
  readonly pollMs: { readonly min: number; readonly max: number };
}
