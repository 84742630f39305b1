import { DriverError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Logger } from '../logger.ts';
import type { Keys, Revision } from '../mvcc/operations.ts';
import type { LogEvent } from '../mvcc/results.ts';
import { SparseLog } from '../sparse-log.ts';
import type { Origin } from '../wire/response-headers.ts';
import { Audience, audienceName, type EventSelection, isSelected } from './audience.ts';
import { type EventChunk, eventChunks } from './event-chunk.ts';
import { EventLog } from './event-log.ts';
import type { EventPage, EventSource } from './event-source.ts';
import { KeyIndex } from './key-index.ts';
import { Limiter } from './limiter.ts';
import type { Position } from './position.ts';
import { withPreviousOfTransaction } from './previous-values.ts';
import { ResponseEncoder } from './response-encoder.ts';
import { Tailer } from './tailer.ts';
import { watchLimits } from './watch-limits.ts';
import type { Watcher, WatcherOwner } from './watcher.ts';

/** What a hub is made of. */
export interface WatchHubOptions {
  readonly source: EventSource;
  readonly origin: Origin;
  readonly logger: Logger;
  /** How often a watch that asked for it hears how far it is, while nothing happens. */
  readonly progressIntervalMs: number;
  /** A response of more bytes is sent in pieces to the watches that allow it. */
  readonly fragmentBytesMax: number;
  /** Rows the tailer reads at once. */
  readonly pageRowsMax?: number;
  /** Bytes of the event log. */
  readonly eventLogBytesMax?: number;
  /** Bytes all streams may have waiting. */
  readonly backlogBytesMax?: number;
}

/** For metrics. */
export interface WatchStatistics {
  readonly streams: number;
  readonly watchers: number;
  /** Watchers that catch up. */
  readonly watchersBehind: number;
  readonly eventsSent: number;
  readonly eventLogBytes: number;
  readonly eventsEvicted: number;
  /** How often a watcher that was live could not keep up. */
  readonly fellBehind: number;
  /** How far delivery is behind what is known to be committed. */
  readonly lag: { readonly ids: number; readonly ms: number };
  /** Everything through this revision was delivered. */
  readonly revision: Revision;
}

/**
 * All watches of this process. A page of the tailer goes to the watchers that are live, at once; those that are behind
 * read on from the log by themselves and join when they have reached the hub's position. One thread runs it all, so a
 * position compared is a position joined: no event is missed between, and none comes twice.
 */
export class WatchHub {
  readonly source: EventSource;
  /** Watches that failed on a fault of this server: it may be the same one for each of them. */
  readonly failures: SparseLog;
  readonly #logger: Logger;
  readonly encoder: ResponseEncoder;
  readonly progressIntervalMs: number;
  readonly fragmentBytesMax: number;
  readonly log: EventLog;
  /** Before the database is read for a watcher that is behind. */
  readonly catchUpReads = new Limiter({ countMax: watchLimits.catchUpReadsMax });
  readonly #tailer: Tailer;
  readonly #backlogBytesMax: number;
  readonly #index = new KeyIndex<Audience<Watcher>>();
  readonly #audiences = new Map<string, Audience<Watcher>>();
  readonly #sessions = new Set<WatcherOwner>();
  /** Sessions with messages of the page that is being delivered. */
  readonly #unsent: WatcherOwner[] = [];
  readonly #matches: Audience<Watcher>[] = [];
  #watcherCount = 0;
  #feedsCache = false;
  #behindCount = 0;
  #eventsSent = 0;
  #fellBehindCount = 0;

  constructor(options: WatchHubOptions) {
    const { source, logger } = options;
    this.source = source;
    this.#logger = logger;
    this.failures = new SparseLog({
      logger,
      level: 'error',
      message: 'a watch failed while it caught up',
      linesMax: limits.sparseLogLinesMax,
      intervalMs: limits.sparseLogIntervalMs,
    });
    this.encoder = new ResponseEncoder(options.origin);
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
    source.cache?.connect({
      begin: () => {
        this.#feedCache(true);
        return this.position;
      },
      end: () => this.#feedCache(false),
    });
  }

  /** Every event up to here went to the live watchers. */
  get position(): Position {
    return this.#tailer.position;
  }

  /** The newest revision this process knows. */
  get revision(): Revision {
    return Math.max(this.source.latestHead.revision, this.position.revision);
  }

  /** Bytes a stream may have waiting before its watchers are served later. */
  get streamBacklogBytesMax(): number {
    const share = Math.floor(this.#backlogBytesMax / Math.max(this.#sessions.size, 1));
    return Math.max(watchLimits.streamBacklogBytesMin, Math.min(share, watchLimits.streamBacklogBytesMax));
  }

  get statistics(): WatchStatistics {
    return {
      streams: this.#sessions.size,
      watchers: this.#watcherCount,
      watchersBehind: this.#behindCount,
      eventsSent: this.#eventsSent,
      eventLogBytes: this.log.bytes,
      eventsEvicted: this.log.evictedCount,
      fellBehind: this.#fellBehindCount,
      lag: this.#tailer.lag,
      revision: this.position.revision,
    };
  }

  /**
   * Learns of what others have committed: a watch from now on begins after everything that was answered before it was asked for, through any instance. While the
   * database is away it begins after what is known. `readHead` reads the head from the database, for whoever asks.
   *
   * @throws DriverError when nothing is known: the database was away since the start.
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
    this.#tailer.close();
  }

  /** Resolves when everything that was committed at the time of the call was delivered: through this revision. */
  catchUp(): Promise<Revision> {
    return this.#tailer.catchUp();
  }

  /** Who wants these events in this form. To be followed by `attach`, in the same tick. */
  audience(keys: Keys, selection: EventSelection): Audience<Watcher> {
    const name = audienceName(keys, selection);
    const existing = this.#audiences.get(name);
    if (existing) return existing;
    const audience = new Audience<Watcher>(name, keys, selection);
    this.#audiences.set(name, audience);
    this.#index.add(keys, audience);
    return audience;
  }

  /** Counts a new watcher in. With the first one the tailer begins to read. */
  attach(watcher: Watcher): void {
    watcher.audience.memberCount += 1;
    this.#watcherCount += 1;
    if (this.#watcherCount === 1) {
      this.#serve();
      this.log.reset(this.position);
    }
    watcher.state = 'behind';
    this.#behindCount += 1;
  }

  /** After `attach`: the watcher joins at once when all its events are to come, and reads on by itself otherwise. */
  begin(watcher: Watcher): void {
    const { startRevision, session } = watcher;
    const { compactRevision } = this.source.latestHead;
    if (startRevision < compactRevision) session.endCompacted(watcher, compactRevision);
    else if (startRevision > this.position.revision) this.join(watcher);
    else session.follow(watcher);
  }

  /** From the next page on, the watcher gets its events as they come. Everything through `position` was sent to it, or is not for it. */
  join(watcher: Watcher): void {
    watcher.state = 'live';
    watcher.position = undefined;
    watcher.audience.add(watcher);
    this.#behindCount -= 1;
  }

  /** The watcher got everything through `position` and no more: it has to read on by itself. */
  fallBehind(watcher: Watcher, position: Position): void {
    watcher.audience.remove(watcher);
    watcher.state = 'behind';
    watcher.position = position;
    this.#behindCount += 1;
    this.#fellBehindCount += 1;
    watcher.session.follow(watcher);
  }

  /** The end of a watcher. With the last one the tailer rests, and the log is given back. */
  detach(watcher: Watcher, state: 'compacted' | 'closed'): void {
    if (watcher.state === 'compacted' || watcher.state === 'closed') {
      watcher.state = state;
      return;
    }
    if (watcher.state === 'live') watcher.audience.remove(watcher);
    else this.#behindCount -= 1;
    watcher.state = state;
    this.#release(watcher.audience);
    this.#watcherCount -= 1;
    if (this.#watcherCount > 0) return;
    this.#serve();
    this.log.reset(this.position);
  }

  countSent(events: number): void {
    this.#eventsSent += events;
  }

  /** Has `session.flush` called when the page has been delivered to all. */
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
      const chunks = eventChunks(audience.batch, form, watchLimits.responseBytesMax);
      audience.batch = [];
      this.#send(audience, chunks, from);
    }
    for (const session of this.#unsent.splice(0)) session.flush();
  }

  /** Hands each event to its audiences' batches; returns the audiences that have one. */
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
   * Events may have been compacted before they were read: this process slept, or its database was away, while another
   * one wrote and compacted. Every live watcher finds out for itself what is left for it, as after any late start.
   */
  #skip(from: Position, to: Position): void {
    this.#logger.warn({ from: from.revision, to: to.revision }, 'events were compacted before they were read');
    this.log.reset(to);
    for (const audience of this.#audiences.values()) {
      for (const watcher of [...audience.members]) this.fallBehind(watcher, from);
    }
  }
}

/** Ids have no gaps, so a page with as many events as ids is whole, whatever was compacted meanwhile. */
function mayLackEvents(page: EventPage, from: Position, to: Position): boolean {
  const isDense = page.events.length === to.id - from.id;
  return !isDense && page.head.compactRevision > from.revision + 1;
}
