import type { Keys, Revision } from '../mvcc/ids.ts';
import type { Audience, EventSelection } from './audience/audience.ts';
import type { EventChunk } from './events/event-chunk.ts';
import type { Position } from './position.ts';
import { watchIdField } from './response-encoder.ts';

/** A client's watch request, after it was checked. */
export interface WatchParameters {
  readonly keys: Keys;
  /** The first revision to send. 0: the next one. */
  readonly startRevision: Revision;
  readonly selection: EventSelection;
  readonly progressNotify: boolean;
  /** Whether large responses may be sent in pieces. */
  readonly fragment: boolean;
}

/**
 * - `live`: receives every page of the tailer at once; all earlier events were sent.
 * - `behind`: reads from the log or the database until it has caught up.
 * - `compacted`: its revisions were compacted and the client was informed. It keeps its id until
 *   the client cancels it, as in etcd.
 * - `closed`: ended.
 */
export type WatcherState = 'live' | 'behind' | 'compacted' | 'closed';

/** The stream of a watcher: `WatchSession`, or `LocalWatch` for a watch of the server itself. */
export interface WatcherOwner {
  /** Whether the stream accepts more. */
  readonly hasSpace: boolean;
  /** Bytes that are not sent, or not read. */
  readonly pendingBytes: number;
  /** Resolves when the stream may accept more, or is closed. */
  drained(): Promise<void>;
  /**
   * Queues the events of a page that begins after `from` for a live watcher. `flush` writes them
   * together with the events of other watchers. Returns the position reached if the stream accepts
   * no more.
   */
  sendLive(watcher: Watcher, chunks: readonly EventChunk[], from: Position): Position | undefined;
  flush(): void;
  /** Sends events to a watcher that catches up. `revision` is the server's current revision. */
  sendCatchUp(watcher: Watcher, chunk: EventChunk, revision: Revision): void;
  /** Starts to catch up. The watcher becomes live at the hub's position. */
  follow(watcher: Watcher): void;
  /** Informs the client that the watcher's revisions were compacted. */
  endCompacted(watcher: Watcher, compactRevision: Revision): void;
  /** Called when the server stops. */
  stop(): void;
}

/** One watch of one stream. There may be many thousands, so it holds little. */
export class Watcher {
  readonly session: WatcherOwner;
  readonly id: bigint;
  /** The encoded id, which is part of every response. */
  readonly idField: Uint8Array;
  readonly audience: Audience<Watcher>;
  readonly fragment: boolean;
  readonly progressNotify: boolean;
  /** Events of earlier revisions are not sent. */
  readonly startRevision: Revision;
  /** The first revision at which progress is reported. The watch begins there. */
  readonly progressRevisionMin: Revision;
  state: WatcherState = 'live';
  /**
   * While the watcher is behind: the position up to which events were sent. Undefined: the start is
   * not found yet.
   */
  position: Position | undefined;
  /** The index among the live members of the audience. */
  slot = -1;
  /**
   * Whether an event was sent since the last progress interval. If so, the next notification is
   * skipped.
   */
  isBusy = false;

  constructor(
    session: WatcherOwner,
    id: bigint,
    audience: Audience<Watcher>,
    requested: WatchParameters,
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
