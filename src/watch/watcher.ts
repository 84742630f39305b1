import type { Keys, Revision } from '../mvcc/operations.ts';
import type { Audience, EventSelection } from './audience.ts';
import type { EventChunk } from './event-chunk.ts';
import type { Position } from './position.ts';
import { watchIdField } from './response-encoder.ts';

/** A watch as a client asked for it, checked. */
export interface WatchRequested {
  readonly keys: Keys;
  /** The first revision of interest. 0: what comes next. */
  readonly startRevision: Revision;
  readonly selection: EventSelection;
  readonly progressNotify: boolean;
  /** Large responses may come in pieces. */
  readonly fragment: boolean;
}

/**
 * - `live`: gets every page of the tailer at once; all earlier events were sent.
 * - `behind`: reads from the log or the database by itself until it has caught up.
 * - `compacted`: its revisions are gone and it was told so; it keeps its id until the client cancels it, as in etcd.
 * - `closed`: no more.
 */
export type WatcherState = 'live' | 'behind' | 'compacted' | 'closed';

/** The stream a watcher belongs to, as the watcher's events see it. `WatchSession` is one. */
export interface WatcherOwner {
  /** Whether the stream takes more. */
  readonly hasSpace: boolean;
  /** Resolves when the stream may have room again, or is gone. */
  drained(): Promise<void>;
  /**
   * Queues a live watcher's events of a page that begins after `from`, to be written with those of its neighbours by `flush`. Returns
   * where the watcher is when the stream takes no more.
   */
  sendLive(watcher: Watcher, chunks: readonly EventChunk[], from: Position): Position | undefined;
  flush(): void;
  /** Sends events to a watcher that catches up; `revision` is how far the server is. */
  sendCatchUp(watcher: Watcher, chunk: EventChunk, revision: Revision): void;
  /** Has a watcher read on by itself until it can join the live ones. */
  follow(watcher: Watcher): void;
  /** Tells a watcher that its revisions are gone. */
  endCompacted(watcher: Watcher, compactRevision: Revision): void;
  /** The server stops. */
  stop(): void;
}

/** One watch of one stream. There may be many thousands: it holds little. */
export class Watcher {
  readonly session: WatcherOwner;
  readonly id: bigint;
  /** The id as every response carries it. */
  readonly idField: Uint8Array;
  readonly audience: Audience<Watcher>;
  readonly fragment: boolean;
  readonly progressNotify: boolean;
  /** Events of earlier revisions are not for it. */
  readonly startRevision: Revision;
  /** From this revision on progress means something: before it the watch has not begun. */
  readonly progressRevisionMin: Revision;
  state: WatcherState = 'live';
  /** Of a watcher that is behind: what it was sent. Undefined: its start is not found yet. */
  position: Position | undefined;
  /** Its place among the audience's live members. */
  slot = -1;
  /** Whether it got an event since the last progress interval, which then is left out. */
  isBusy = false;

  constructor(
    session: WatcherOwner,
    id: bigint,
    audience: Audience<Watcher>,
    requested: WatchRequested,
    nowRevision: Revision,
  ) {
    this.session = session;
    this.id = id;
    this.idField = watchIdField(id);
    this.audience = audience;
    this.fragment = requested.fragment;
    this.progressNotify = requested.progressNotify;
    this.startRevision = requested.startRevision || nowRevision + 1;
    this.progressRevisionMin = requested.startRevision || nowRevision;
  }
}
