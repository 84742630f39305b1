import { DriverError } from '../errors.ts';
import { Slots } from '../kit/slots.ts';
import { SparseLog } from '../kit/sparse-log.ts';
import { limits } from '../limits.ts';
import type { Logger } from '../logger.ts';
import type { Keys, Revision } from '../mvcc/ids.ts';
import type { LogEvent, Rewind } from '../mvcc/results.ts';
import type { Identity } from '../wire/response-headers.ts';
import { Audience, audienceName, type EventSelection, isSelected } from './audience/audience.ts';
import { KeyIndex } from './audience/key-index.ts';
import { Backlog } from './backlog.ts';
import { type EventChunk, eventChunks } from './events/event-chunk.ts';
import { EventLog } from './events/event-log.ts';
import type { EventPage, EventSource } from './events/event-source.ts';
import { withPreviousOfTransaction } from './events/previous-values.ts';
import type { Position } from './position.ts';
import { ResponseEncoder } from './response-encoder.ts';
import { Tailer } from './tailer.ts';
import { watchLimits } from './watch-limits.ts';
import type { Watcher, WatcherOwner } from './watcher.ts';

/** The parts and bounds of a hub. */
export interface WatchHubOptions {
  readonly source: EventSource;
  readonly identity: Identity;
  readonly logger: Logger;
  /** Interval of the progress notifications of an idle watch. */
  readonly progressIntervalMs: number;
  /** A response of more bytes is sent in pieces to the watches that allow fragments. */
  readonly fragmentBytesMax: number;
  /** Rows per tailer read. */
  readonly pageRowsMax?: number;
  /** Bytes of the event log. */
  readonly eventLogBytesMax?: number;
  /** Unsent bytes of all streams together. */
  readonly backlogBytesMax?: number;
}

/** Statistics for metrics. */
export interface WatchStatistics {
  readonly streams: number;
  readonly watchers: number;
  /** Watchers that catch up. */
  readonly watchersBehind: number;
  readonly eventsSent: number;
  readonly eventLogBytes: number;
  readonly eventsEvicted: number;
  /** How often a live watcher fell behind. */
  readonly fellBehind: number;
  /** How far delivery is behind the newest known commit. */
  readonly lag: { readonly ids: number; readonly ms: number };
  /** Everything up to this revision was delivered. */
  readonly revision: Revision;
}

/**
 * All watches of this process. Live watchers receive each page of the tailer at once. Watchers that
 * are behind read the log or the database, and become live when they reach the hub's position.
 *
 * The hub runs on one thread: a watcher compares its position and becomes live in the same step. So
 * no event is missed or sent twice.
 */
export class WatchHub {
  readonly source: EventSource;
  /**
   * Watches that failed because of a fault in this server. One fault may fail all watches, so the
   * log lines are limited.
   */
  readonly failures: SparseLog;
  readonly #logger: Logger;
  readonly encoder: ResponseEncoder;
  readonly progressIntervalMs: number;
  readonly fragmentBytesMax: number;
  readonly log: EventLog;
  /** Limits the database reads of watchers that are behind. */
  readonly catchUpReads = new Slots({ countMax: watchLimits.catchUpReadsMax });
  readonly #tailer: Tailer;
  readonly #backlogBytesMax: number;
  readonly #index = new KeyIndex<Audience<Watcher>>();
  readonly #audiences = new Map<string, Audience<Watcher>>();
  readonly #sessions = new Set<WatcherOwner>();
  readonly #backlog = new Backlog(this.#sessions);
  /** Sessions with unsent messages of the page that is being delivered. */
  readonly #unsent: WatcherOwner[] = [];
  readonly #matches: Audience<Watcher>[] = [];
  readonly #stopListening: () => void;
  #watcherCount = 0;
  /** Watchers that catch up. */
  readonly #behind = new Set<Watcher>();
  /** The highest revision that the database has lost. */
  #lostRevision: Revision = 0;
  #feedsCache = false;
  #eventsSent = 0;
  #fellBehindCount = 0;

  constructor(options: WatchHubOptions) {
    const { source, logger } = options;
    this.source = source;
    this.#logger = logger;
    this.failures = new SparseLog({
      logger,
      level: 'error',
      message: 'watch failed during catch-up',
      linesMax: limits.sparseLogLinesMax,
      intervalMs: limits.sparseLogIntervalMs,
    });
    this.encoder = new ResponseEncoder(options.identity);
    this.progressIntervalMs = Math.max(options.progressIntervalMs, watchLimits.progressIntervalMsMin);
    this.fragmentBytesMax = options.fragmentBytesMax;
    this.log = new EventLog({ bytesMax: options.eventLogBytesMax ?? watchLimits.eventLogBytesMax });
    this.#backlogBytesMax = options.backlogBytesMax ?? watchLimits.backlogBytesMax;
    this.#tailer = new Tailer({
      source,
      logger,
      countMax: options.pageRowsMax ?? limits.eventPageRowsMax,
      deliver: (page, from, to) => this.#deliver(page, from, to),
    });
    this.#stopListening = source.onRewind((rewind) => this.#rewind(rewind));
    source.cache?.connect({
      begin: () => {
        this.#feedCache(true);
        return this.position;
      },
      end: () => this.#feedCache(false),
    });
  }

  /** Every event up to this position was sent to the live watchers. */
  get position(): Position {
    return this.#tailer.position;
  }

  /** The newest revision that this process has seen. */
  get revision(): Revision {
    return Math.max(this.source.latestHead.revision, this.position.revision);
  }

  /** Unsent bytes of a stream at which its watchers fall behind. */
  get streamBacklogBytesMax(): number {
    const share = Math.floor(this.#backlogBytesMax / Math.max(this.#sessions.size, 1));
    return Math.max(watchLimits.streamBacklogBytesMin, Math.min(share, watchLimits.streamBacklogBytesMax));
  }

  /**
   * Bytes at which a response ends and the next one begins. Less while all streams together hold
   * much, because each stream that is not read may hold a response.
   */
  get responseBytesMax(): number {
    return this.#isFull ? watchLimits.shortResponseBytesMax : watchLimits.responseBytesMax;
  }

  /**
   * Bytes of events that a watcher reads at a time: as many as its stream may hold. It would read
   * the others again later.
   */
  get pageBytesMax(): number {
    return this.#isFull ? watchLimits.shortResponseBytesMax : this.streamBacklogBytesMax;
  }

  get #isFull(): boolean {
    return this.#backlog.bytes >= this.#backlogBytesMax;
  }

  get statistics(): WatchStatistics {
    return {
      streams: this.#sessions.size,
      watchers: this.#watcherCount,
      watchersBehind: this.#behind.size,
      eventsSent: this.#eventsSent,
      eventLogBytes: this.log.bytes,
      eventsEvicted: this.log.evictedCount,
      fellBehind: this.#fellBehindCount,
      lag: this.#tailer.lag,
      revision: this.position.revision,
    };
  }

  /**
   * Reads the head, so that a new watch begins after everything that any instance acknowledged
   * before. During an outage of the database, a watch begins after the newest known head.
   * `readHead` reads the head from the database on behalf of a client.
   *
   * @throws DriverError when no head is known, because the database was unavailable since the
   * start.
   */
  async refresh(readHead: () => Promise<unknown>): Promise<void> {
    try {
      await readHead();
    } catch (error) {
      if (!(error instanceof DriverError) || !this.hasHead) throw error;
    }
  }

  /** Whether the database has answered since the start. */
  get hasHead(): boolean {
    return this.source.latestHead.id > 0;
  }

  addSession(session: WatcherOwner): void {
    this.#sessions.add(session);
  }

  removeSession(session: WatcherOwner): void {
    this.#sessions.delete(session);
  }

  /** Ends every stream. */
  close(): void {
    for (const session of [...this.#sessions]) session.stop();
    this.#stopListening();
    this.#tailer.close();
  }

  /**
   * Resolves when everything that was committed before the call is delivered, with the revision
   * reached.
   */
  catchUp(): Promise<Revision> {
    return this.#tailer.catchUp();
  }

  /**
   * The audience of these keys and this selection. The caller must call `attach` in the same turn
   * of the event loop.
   */
  audience(keys: Keys, selection: EventSelection): Audience<Watcher> {
    const name = audienceName(keys, selection);
    const existing = this.#audiences.get(name);
    if (existing) return existing;
    const audience = new Audience<Watcher>(name, keys, selection);
    this.#audiences.set(name, audience);
    this.#index.add(keys, audience);
    return audience;
  }

  /** Counts a new watcher. With the first one, the tailer starts to read. */
  attach(watcher: Watcher): void {
    watcher.audience.memberCount += 1;
    this.#watcherCount += 1;
    if (this.#watcherCount === 1) {
      this.#serve();
      this.log.reset(this.position);
    }
    watcher.state = 'behind';
    this.#behind.add(watcher);
  }

  /**
   * Starts a watcher, after `attach`: live if all its events are still to come, otherwise behind.
   */
  begin(watcher: Watcher): void {
    const { startRevision, session } = watcher;
    const { compactRevision } = this.source.latestHead;
    if (startRevision < compactRevision) session.endCompacted(watcher, compactRevision);
    else if (this.#startsInLostRows(startRevision)) this.#endLost(watcher);
    else if (startRevision > this.position.revision) this.join(watcher);
    else session.follow(watcher);
  }

  /**
   * Makes a watcher live: it receives its events from the next page on. Everything up to `position`
   * was sent to it, or does not match it.
   */
  join(watcher: Watcher): void {
    watcher.state = 'live';
    watcher.position = undefined;
    watcher.audience.add(watcher);
    this.#behind.delete(watcher);
  }

  /**
   * Marks a live watcher as behind. It received everything up to `position`, and catches up from
   * there.
   */
  fallBehind(watcher: Watcher, position: Position): void {
    watcher.audience.remove(watcher);
    watcher.state = 'behind';
    watcher.position = position;
    this.#behind.add(watcher);
    this.#fellBehindCount += 1;
    watcher.session.follow(watcher);
  }

  /** Removes a watcher. With the last one, the tailer stops and the log is freed. */
  detach(watcher: Watcher, state: 'compacted' | 'closed'): void {
    if (watcher.state === 'compacted' || watcher.state === 'closed') {
      watcher.state = state;
      return;
    }
    if (watcher.state === 'live') watcher.audience.remove(watcher);
    else this.#behind.delete(watcher);
    watcher.state = state;
    this.#release(watcher.audience);
    this.#watcherCount -= 1;
    if (this.#watcherCount > 0) return;
    this.#serve();
    this.log.reset(this.position);
  }

  /**
   * The database has lost its newest rows. Other instances may have written since, so it is not
   * known which of the rows that are left are the same as before. Therefore every watch ends as
   * compacted, and its client lists again. A watch that begins after all lost revisions stays.
   */
  #rewind({ from }: Rewind): void {
    this.#lostRevision = Math.max(this.#lostRevision, from.revision);
    this.#tailer.rewind();
    this.log.reset(this.position);
    const live = [...this.#audiences.values()].flatMap(({ members }) => members);
    const ended = live.filter(({ startRevision }) => startRevision <= this.#lostRevision + 1);
    for (const watcher of [...this.#behind, ...ended]) this.#endLost(watcher);
  }

  /**
   * Whether a watch begins after a revision that the database has lost, and has not reached again:
   * its client has listed before the loss.
   */
  #startsInLostRows(startRevision: Revision): boolean {
    return startRevision > this.revision + 1 && startRevision <= this.#lostRevision + 1;
  }

  /** etcd's clients list again only if the compact revision is above 0. */
  #endLost(watcher: Watcher): void {
    watcher.session.endCompacted(watcher, Math.max(this.source.latestHead.compactRevision, 1));
  }

  countSent(events: number): void {
    this.#eventsSent += events;
  }

  /** Counts bytes that are sent to a watcher that catches up. */
  countUnsent(bytes: number): void {
    this.#backlog.add(bytes);
  }

  /** Calls `session.flush` after the page was delivered to all audiences. */
  flushLater(session: WatcherOwner): void {
    this.#unsent.push(session);
  }

  #feedCache(isFed: boolean): void {
    this.#feedsCache = isFed;
    this.#serve();
  }

  #serve(): void {
    this.#tailer.serve(this.#watcherCount > 0 ? 'watchers' : this.#feedsCache ? 'cache' : 'none');
  }

  #release(audience: Audience<Watcher>): void {
    audience.memberCount -= 1;
    if (audience.memberCount > 0) return;
    this.#audiences.delete(audience.name);
    this.#index.remove(audience.keys, audience);
  }

  #deliver(page: EventPage, from: Position, to: Position): void {
    const { cache } = this.source;
    const isWhole = !mayLackEvents(page, from, to);
    if (this.#watcherCount > 0) {
      if (isWhole) this.#distribute(page, from, to);
      else this.#skip(from, to);
    }
    if (isWhole) cache?.apply(page.events, from, to);
    else cache?.clear();
  }

  #distribute(page: EventPage, from: Position, to: Position): void {
    const events = withPreviousOfTransaction(page.events);
    this.log.append(events, to);
    for (const audience of this.#assign(events)) {
      const form = { previous: audience.selection.previous, compactRevision: 0 };
      const chunks = [...eventChunks(audience.batch, form, this.responseBytesMax)];
      audience.batch = [];
      this.#send(audience, chunks, from);
    }
    for (const session of this.#unsent.splice(0)) session.flush();
  }

  /** Adds each event to the batches of its audiences. Returns the audiences with a batch. */
  #assign(events: readonly LogEvent[]): readonly Audience<Watcher>[] {
    const touched: Audience<Watcher>[] = [];
    const matches = this.#matches;
    for (const event of events) {
      matches.length = 0;
      this.#index.match(event.key, matches);
      for (const audience of matches) {
        if (audience.members.length === 0 || !isSelected(event, audience.selection)) continue;
        if (audience.batch.length === 0) touched.push(audience);
        audience.batch.push(event);
      }
    }
    return touched;
  }

  #send(audience: Audience<Watcher>, chunks: readonly EventChunk[], from: Position): void {
    const late: { watcher: Watcher; position: Position }[] = [];
    for (const watcher of audience.members) {
      const position = watcher.session.sendLive(watcher, chunks, from);
      if (position) late.push({ watcher, position });
    }
    for (const { watcher, position } of late) this.fallBehind(watcher, position);
  }

  /**
   * Skips a page with missing events. They were compacted before they were read: this process was
   * suspended, or its database was unavailable, while another instance wrote and compacted. Every
   * live watcher catches up by itself, and finds out what is left, as after any late start.
   */
  #skip(from: Position, to: Position): void {
    this.#logger.warn({ from: from.revision, to: to.revision }, 'events were compacted before they were read');
    this.log.reset(to);
    for (const audience of this.#audiences.values()) {
      for (const watcher of [...audience.members]) this.fallBehind(watcher, from);
    }
  }
}

/**
 * Whether a page may lack events. Ids have no gaps, so a page with as many events as ids is
 * complete, whatever was compacted meanwhile.
 */
function mayLackEvents(page: EventPage, from: Position, to: Position): boolean {
  const isDense = page.events.length === to.id - from.id;
  return !isDense && page.head.compactRevision > from.revision + 1;
}
