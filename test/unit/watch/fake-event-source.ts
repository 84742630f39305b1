import { setImmediate as nextTurn } from 'node:timers/promises';
import { DriverError } from '../../../src/errors.ts';
import { holdsKey, type Keys, type Revision, type RowId } from '../../../src/mvcc/ids.ts';
import type { EventsRequest } from '../../../src/mvcc/reads/events.ts';
import type { Head, LogEvent, Rewind } from '../../../src/mvcc/results.ts';
import type { EventFedCache } from '../../../src/watch/events/event-fed-cache.ts';
import type { EventFollower, EventPage, EventSource } from '../../../src/watch/events/event-source.ts';
import { Event } from '../../../src/wire/generated/mvccpb/kv.ts';

export interface Change {
  readonly key: string;
  /** Undefined: a delete. */
  readonly value?: string;
}

/**
 * A log in memory that behaves like the store's log: pages of whole transactions, compaction,
 * outages of the database.
 */
export class FakeEventSource implements EventSource {
  pollMs = { min: 5, max: 5 };
  isAway = false;
  /** The approximate maximum number of rows of a page. */
  countMax = Number.POSITIVE_INFINITY;
  /** The number of event loop turns that a read takes. */
  latencyTurns: () => number = () => 1;
  readCount = 0;
  isWriting = false;
  cache?: EventFedCache;
  /** Everything that was ever committed, compacted events included. */
  readonly history: LogEvent[] = [];
  readonly #listeners = new Set<(head: Head) => void>();
  readonly #hintListeners = new Set<() => void>();
  readonly #rewindListeners = new Set<(rewind: Rewind) => void>();
  #rewinds = 0;
  #current = new Map<string, LogEvent & { readonly createRevision: Revision; readonly version: number }>();
  #rows: LogEvent[] = [];
  #follower: EventFollower | undefined;
  #seen: Head = { id: 0, revision: 1, compactRevision: 0, authState: 2 };
  #revision: Revision = 1;
  #compactRevision: Revision = 0;

  get head(): Head {
    return { id: this.history.length, revision: this.#revision, compactRevision: this.#compactRevision, authState: 2 };
  }

  readHead(): Promise<Head> {
    return this.#read(() => {
      this.observeHead();
      return this.head;
    });
  }

  get latestHead(): Head {
    return this.#seen;
  }

  /**
   * One transaction. Deleting a missing key changes nothing. `isSeen` is false for a commit of
   * another process without a notification.
   */
  commit(changes: readonly Change[], { isSeen = true } = {}): Revision {
    const effective = changes.filter(({ key, value }) => value !== undefined || this.#current.get(key)?.type === 'put');
    if (effective.length > 0) this.#revision += 1;
    for (const change of effective) this.#append(change);
    if (isSeen) this.observeHead();
    return this.#revision;
  }

  /** One transaction whose reply contains its events. */
  async commitFollowed(changes: readonly Change[]): Promise<void> {
    const follower = this.#follower;
    const needsEvents = follower?.needsEvents() === true;
    const events = await this.#read(() => {
      const afterId = this.head.id;
      this.commit(changes, { isSeen: false });
      return { ...this.#eventsAfter({ afterId, countMax: changes.length }), afterId };
    }).catch(() => undefined);
    if (needsEvents && events !== undefined) follower?.take(events);
    this.observeHead();
  }

  /** Transactions of one batch, whose events arrive at once. */
  deliver(changes: readonly Change[]): void {
    const afterId = this.head.id;
    for (const change of changes) this.commit([change], { isSeen: false });
    this.#follower?.take({ ...this.#eventsAfter({ afterId, countMax: changes.length }), afterId });
    this.observeHead();
  }

  /** Sets the mark, and removes superseded events. */
  compact(revision: Revision, { isSeen = true } = {}): void {
    this.#compactRevision = revision;
    const newest = new Map<string, LogEvent>();
    for (const row of this.#rows) if (row.revision <= revision) newest.set(row.key, row);
    this.#rows = this.#rows.filter((row) => row.revision >= revision || newest.get(row.key) === row);
    if (isSeen) this.observeHead();
  }

  /**
   * The log loses every event after an id. Then another process commits, before this one sees the
   * loss.
   */
  rewind(id: RowId, changes: readonly Change[] = [], { compactRevision = 0 } = {}): void {
    const from = this.#seen;
    const kept = this.history.splice(0).slice(0, id);
    this.#rows = [];
    this.#current = new Map();
    this.#revision = 1;
    this.#compactRevision = compactRevision;
    for (const { key, revision, type } of kept) {
      this.#revision = revision;
      this.#append(type === 'put' ? { key, value: '' } : { key });
    }
    for (const change of changes) this.commit([change], { isSeen: false });
    this.#seen = this.head;
    this.#rewinds += 1;
    for (const listener of this.#rewindListeners) listener({ from, to: this.head });
  }

  onRewind(listener: (rewind: Rewind) => void): () => void {
    this.#rewindListeners.add(listener);
    return () => this.#rewindListeners.delete(listener);
  }

  /** A reply has returned a head: the current one, or one from a moment ago. */
  observeHead(head: Head = this.head): void {
    if (head.id <= this.#seen.id && head.compactRevision <= this.#seen.compactRevision) return;
    if (head.id < this.#seen.id) return;
    this.#seen = head;
    for (const listener of this.#listeners) listener(this.#seen);
  }

  onHead(listener: (head: Head) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onHint(listener: () => void): () => void {
    this.#hintListeners.add(listener);
    return () => this.#hintListeners.delete(listener);
  }

  /** Simulates a notification from another instance. */
  hint(): void {
    for (const listener of this.#hintListeners) listener();
  }

  follow(follower: EventFollower | undefined): void {
    this.#follower = follower;
  }

  async eventsAfter(request: EventsRequest): Promise<EventPage> {
    return this.#read(() => this.#eventsAfter(request));
  }

  async eventsOfKeys(request: { keys: Keys; afterId: RowId; throughId: RowId }): Promise<EventPage> {
    const { keys, afterId, throughId } = request;
    const isIn = ({ id, key }: LogEvent) => id > afterId && id <= throughId && holdsKey(keys, key);
    return this.#read(() => this.#page(isIn, throughId, 20));
  }

  async idBefore(revision: Revision): Promise<{ id: RowId; head: Head }> {
    return this.#read(() => {
      const first = this.history.find((event) => event.revision >= revision);
      return { id: first ? first.id - 1 : this.history.length, head: this.head };
    });
  }

  #eventsAfter({ afterId, countMax }: EventsRequest): EventPage {
    return this.#page(({ id }) => id > afterId, this.head.id, countMax);
  }

  #append({ key, value }: Change): void {
    const old = this.#current.get(key);
    const id = this.history.length + 1;
    const modRevision = this.#revision;
    const keyBytes = Buffer.from(key, 'latin1');
    const isNew = old?.type !== 'put';
    const createRevision = isNew ? modRevision : old.createRevision;
    const version = isNew ? 1 : old.version + 1;
    const kv = {
      key: keyBytes,
      modRevision,
      ...(value === undefined ? {} : { value: Buffer.from(value), createRevision, version }),
    };
    const event: LogEvent = {
      id,
      revision: modRevision,
      type: value === undefined ? 'delete' : 'put',
      key,
      body: Event.encode({ type: value === undefined ? 1 : 0, kv }),
      previous:
        old?.type === 'put' ? Event.encode({ prevKv: { key: keyBytes, modRevision: old.revision } }) : Buffer.of(),
    };
    this.history.push(event);
    this.#rows.push(event);
    this.#current.set(key, { ...event, createRevision, version });
  }

  /** A read that began before a rewind is repeated, as by the store. */
  async #read<Result>(read: () => Result): Promise<Result> {
    for (;;) {
      const rewinds = this.#rewinds;
      const result = await this.#readOnce(read);
      if (rewinds === this.#rewinds) return result;
    }
  }

  async #readOnce<Result>(read: () => Result): Promise<Result> {
    this.readCount += 1;
    for (let turns = this.latencyTurns(); turns > 0; turns -= 1) await nextTurn();
    if (this.isAway) throw new DriverError('lost', 'the database is away');
    const result = read();
    // The reply is on its way while others commit.
    for (let turns = this.latencyTurns(); turns > 0; turns -= 1) await nextTurn();
    return result;
  }

  #page(isIn: (row: LogEvent) => boolean, throughId: RowId, countMax: number): EventPage {
    const found = this.#rows.filter(isIn);
    const rowsMax = Math.min(countMax, this.countMax);
    const cut = found[Math.min(rowsMax, found.length) - 1];
    if (found.length <= rowsMax || !cut) return { events: found, throughId, head: this.head };
    const lastId = this.history.findLast((event) => event.revision === cut.revision)?.id ?? throughId;
    return { events: found.filter(({ id }) => id <= lastId), throughId: lastId, head: this.head };
  }
}
