/** The state of one transaction of writes while its operations run one after the other. */

import { assert } from '../../errors.ts';
import { limits } from '../../limits.ts';
import type { RowEvent } from '../../sql/rows/event-row.ts';
import { putRow, tombstoneRow } from '../../sql/rows/kine-rows.ts';
import type { KineRow } from '../../sql/rows/kine-table.ts';
import { newestByName } from '../../sql/rows/newest-row.ts';
import type { KeyValueRow } from '../../sql/rows/row.ts';
import { changeCount, type Row } from '../../sql/statement.ts';
import { ALARMS } from '../../sql/statements/alarm-statements.ts';
import { LEASE_CLOCK } from '../../sql/statements/clock-statements.ts';
import {
  HEAD,
  LEASES_BY_ID,
  NEWEST_ROWS,
  NEWEST_ROWS_WITHOUT_VALUE,
  NEWEST_SMALL_ROWS,
} from '../../sql/statements/read-statements.ts';
import { type CurrentRow, DROP_CURRENT, INSERT_ROWS, SET_CURRENT } from '../../sql/statements/write-statements.ts';
import type { AuthState } from '../auth/auth-state.ts';
import { headOf, type MarkedHead } from '../head.ts';
import type { LeaseId, Revision, RowId } from '../ids.ts';
import { leaseList } from '../leases/lease-reads.ts';
import type { Alarm } from '../operations.ts';
import { asLast, decoded, decodedOne, insertQuery, listQuery, type Program, query } from '../program.ts';
import { type PackedBatchEvents, packEvents } from '../reads/events.ts';
import type { Head, LeaseStatus } from '../results.ts';
import { type LoadedRow, neverWritten } from './loaded-row.ts';
import type { NamedKeys } from './named-keys.ts';
import type { FinalState } from './state-cache.ts';

export interface WriteOptions {
  /** The batch returns its events if they are complete. */
  readonly withEvents: boolean;
  /** The bytes of values that the batch is expected to read. Undefined: few. */
  readonly expectedReadBytes?: number;
}

export interface BatchOptions extends WriteOptions {
  /** The lease clock of this instance, in ms. */
  readonly leaseNowMs: () => number;
  /** The batch returns the state of the store at its end. */
  readonly withFinalState?: boolean;
}

/**
 * Holds the ids and revisions assigned so far, the newest rows and leases read so far, and the rows
 * that are not sent to the database yet. The rows are sent together, at the end or before a
 * statement that must see them.
 */
export class WriteState {
  #id: RowId;
  #revision: Revision;
  compactId: RowId;
  compactRevision: Revision;
  /** The active alarms. */
  alarms: readonly Alarm[] = [];
  authState: AuthState;
  /**
   * The lease clock of this transaction. No instance is more than `leaseClockApartMsMax` ahead of
   * it. It is read only for operations that need it.
   */
  leaseClockMs = 0;
  /**
   * The number of rows that the current operation has written. With the first row it took the next
   * revision.
   */
  #writtenCount = 0;
  /**
   * The newest rows by key, updated with every row written. A row of id 0: the key was never
   * written.
   */
  readonly #newest = new Map<string, LoadedRow>();
  readonly #leases = new Map<LeaseId, LeaseStatus | undefined>();
  #rows: KineRow[] = [];
  #rowBytes = 0;
  /**
   * Keys whose entry in `kine_current` changes with these rows, and whether they have an entry
   * there now.
   */
  readonly #changedKeys = new Map<string, { readonly isIndexed: boolean }>();
  /** The bytes of values that operations read. */
  readBytes = 0;
  /** The newest row before the batch. */
  readonly opened: Pick<Head, 'id' | 'revision'>;
  /** The events of the rows so far; undefined: they are not requested, or no longer complete. */
  #events: RowEvent[] | undefined;
  #eventBytes = 0;

  private constructor(head: MarkedHead, { withEvents }: WriteOptions) {
    this.opened = { id: head.id, revision: head.revision };
    this.#events = withEvents ? [] : undefined;
    this.#id = head.id;
    this.#revision = head.revision;
    this.compactId = head.compactId;
    this.compactRevision = head.compactRevision;
    this.authState = head.authState;
  }

  /**
   * Reads the head, the alarms, and the keys and leases that the operations name. The caller holds
   * the revision lock.
   */
  static *open(named: NamedKeys, options: BatchOptions): Program<WriteState> {
    const { leases } = named;
    const withEvents = returnsEvents(named, options);
    // An event contains the value that it replaced. Large values are read one by one, by the
    // operations that need them.
    const [keys, keysWithValue] = withEvents
      ? [noKeys, new Set([...named.keys, ...named.keysWithValue])]
      : [named.keys, named.keysWithValue];
    const [head, alarms, bare, whole, found, clock] = yield [
      query(HEAD),
      query(ALARMS),
      listQuery(NEWEST_ROWS_WITHOUT_VALUE, nameList(keys)),
      listQuery(NEWEST_SMALL_ROWS, nameList(keysWithValue)),
      listQuery(LEASES_BY_ID, leaseList(leases)),
      ...(named.needsLeaseClock ? [query(LEASE_CLOCK)] : []),
    ];
    const state = new WriteState(headOf(head), { withEvents });
    state.alarms = decoded(ALARMS, alarms);
    state.#addRows(keys, bare, false);
    state.#addRows(keysWithValue, whole, true);
    state.#addLeases(leases, found);
    if (named.needsLeaseClock) {
      state.leaseClockMs = Math.max(decodedOne(LEASE_CLOCK, clock) ?? 0, options.leaseNowMs());
    }
    return state;
  }

  /** The state from the cache, without a read. */
  static fromCache(cached: FinalState, options: WriteOptions): WriteState {
    const state = new WriteState(cached.head, options);
    state.alarms = cached.alarms;
    for (const [key, row] of cached.newest) state.#newest.set(key, row);
    for (const [id, lease] of cached.leases) state.#leases.set(id, lease);
    return state;
  }

  get head(): Head {
    const { compactRevision, authState } = this;
    return { id: this.#id, revision: this.#revision, compactRevision, authState };
  }

  /** The events of the batch, for watchers; undefined: the tailer must read them. */
  events(): PackedBatchEvents | undefined {
    if (this.#events === undefined) return undefined;
    const { head } = this;
    return { events: packEvents(this.#events), afterId: this.opened.id, throughId: head.id, head };
  }

  /** The state of the store at the end of the batch. */
  finalState(): FinalState {
    const head: MarkedHead = { ...this.head, compactId: this.compactId };
    return { head, alarms: this.alarms, newest: this.#newest, leases: this.#leases };
  }

  /** The rows that the operations wrote. */
  get rowCount(): number {
    return this.#id - this.opened.id;
  }

  /** The revision for the header of a reply: the operation's own revision once it has written. */
  get revision(): Revision {
    return this.#writtenCount > 0 ? this.#revision + 1 : this.#revision;
  }

  /** Ends an operation. All rows that it wrote have one revision. */
  settle(): void {
    if (this.#writtenCount > 0) this.#revision += 1;
    this.#writtenCount = 0;
  }

  /** The newest row of a key without its value; undefined: the key does not exist. */
  *current(key: string): Program<KeyValueRow | undefined> {
    return (yield* this.#newestOf(key)).keyValue;
  }

  /** The newest row of a key with its value. */
  *currentWithValue(key: string): Program<KeyValueRow | undefined> {
    const newest = this.#newest.get(key);
    if (newest === undefined || !(newest.hasValue || newest.keyValue === undefined)) {
      const [found] = yield [listQuery(NEWEST_ROWS, [[key]])];
      this.#addRows([key], found, true);
    }
    const current = this.#newest.get(key)?.keyValue;
    this.readBytes += current?.value?.length ?? 0;
    return current;
  }

  /** Reads keys together that the operations did not name. */
  *load(keys: readonly string[]): Program<void> {
    const missing = keys.filter((key) => !this.#newest.has(key));
    if (missing.length === 0) return;
    const [found] = yield [listQuery(NEWEST_ROWS_WITHOUT_VALUE, nameList(missing))];
    this.#addRows(missing, found, false);
  }

  /** A lease; undefined: it does not exist. */
  *lease(id: LeaseId): Program<LeaseStatus | undefined> {
    if (!this.#leases.has(id)) {
      const [found] = yield [listQuery(LEASES_BY_ID, [[id]])];
      this.#addLeases([id], found);
    }
    return this.#leases.get(id);
  }

  /** Records that a lease was granted or revoked. */
  setLease(id: LeaseId, lease: LeaseStatus | undefined): void {
    this.#leases.set(id, lease);
  }

  /** Forgets leases that a statement changes in the database. */
  forgetLeases(ids: readonly LeaseId[]): void {
    for (const id of ids) this.#leases.delete(id);
  }

  /** Writes a key. `ttlSeconds` is the TTL of the lease, for kine's column; 0 without a lease. */
  *put(key: string, value: Uint8Array, lease: { id: LeaseId; ttlSeconds: number }): Program<void> {
    const { id: replacedId, keyValue: previous } = yield* this.#replaced(key);
    const id = this.#nextId();
    const revision = this.revision;
    const keyValue: KeyValueRow = {
      name: key,
      id,
      modRevision: revision,
      createRevision: previous === undefined ? revision : previous.createRevision,
      version: previous === undefined ? 1 : previous.version + 1,
      lease: lease.id === 0n ? null : lease.id.toString(),
      value,
    };
    const createRevision = previous?.createRevision;
    const { version } = keyValue;
    const subRevision = this.#subRevision;
    this.#rows.push(
      putRow({ id, revision, subRevision, name: key, replacedId, createRevision, version, value, lease }),
    );
    this.#addEvent({ isDelete: false, keyValue, previous });
    yield* this.#rowWritten(key, { id, keyValue, hasValue: true }, previous !== undefined, value.length);
  }

  /** Deletes an existing key: writes a tombstone in the form of kine 0.16. */
  *delete(found: KeyValueRow): Program<void> {
    const { name, id: replacedId } = found;
    const previous = (this.#newest.has(name) ? (yield* this.#replaced(name)).keyValue : undefined) ?? found;
    const id = this.#nextId();
    const revision = this.revision;
    this.#rows.push(tombstoneRow({ id, revision, subRevision: this.#subRevision, name, replacedId }));
    this.#addEvent({ isDelete: true, keyValue: { ...previous, id, modRevision: revision }, previous });
    yield* this.#rowWritten(name, { id, keyValue: undefined, hasValue: true }, true, 0);
  }

  /**
   * Sends the written rows to the database. Later statements see them. `last`: no statement
   * follows.
   */
  *flush(position?: 'last'): Program<void> {
    const written = this.#rows.length;
    if (written === 0) return;
    const dropped = [...this.#changedKeys].filter(([key, { isIndexed }]) => isIndexed && !this.#exists(key));
    const set = [...this.#changedKeys.keys()].filter((key) => this.#exists(key));
    const changes = [
      insertQuery(INSERT_ROWS, this.#rows),
      insertQuery(
        SET_CURRENT,
        set.map((key) => this.#indexEntryOf(key)),
      ),
      listQuery(
        DROP_CURRENT,
        dropped.map(([key]) => [key]),
      ),
    ];
    this.#rows = [];
    this.#rowBytes = 0;
    this.#changedKeys.clear();
    const [inserted, , removed] = yield position === 'last' ? changes.map(asLast) : changes;
    assert(changeCount(inserted) === written, 'every written row was inserted');
    assert(changeCount(removed) === dropped.length, 'a deleted key had an entry in kine_current');
  }

  /**
   * The newest row of a key, with its value if an event needs it. Large values were not read at the
   * start.
   */
  *#replaced(key: string): Program<LoadedRow> {
    const newest = yield* this.#newestOf(key);
    const needsValue = this.#events !== undefined && newest.isLarge === true && !newest.hasValue;
    if (!needsValue || this.#eventBytes > limits.eventPageBytesMax) return newest;
    yield* this.currentWithValue(key);
    return this.#newest.get(key) as LoadedRow;
  }

  *#newestOf(key: string): Program<LoadedRow> {
    yield* this.load([key]);
    return this.#newest.get(key) as LoadedRow;
  }

  *#rowWritten(key: string, newest: LoadedRow, wasIndexed: boolean, bytes: number): Program<void> {
    this.#newest.set(key, newest);
    if (!this.#changedKeys.has(key)) this.#changedKeys.set(key, { isIndexed: wasIndexed });
    this.#rowBytes += bytes;
    if (this.#rows.length >= limits.unflushedRowsMax || this.#rowBytes >= limits.unflushedBytesMax) yield* this.flush();
  }

  /**
   * Adds an event. If a previous value was not read, or the values exceed one page of events, the
   * tailer must read the events.
   */
  #addEvent(event: RowEvent): void {
    this.#eventBytes += (event.keyValue.value?.length ?? 0) + (event.previous?.value?.length ?? 0);
    if (event.previous?.value === null || this.#eventBytes > limits.eventPageBytesMax) this.#events = undefined;
    this.#events?.push(event);
  }

  #exists(key: string): boolean {
    return this.#newest.get(key)?.keyValue !== undefined;
  }

  #indexEntryOf(key: string): CurrentRow {
    const keyValue = this.#newest.get(key)?.keyValue;
    assert(keyValue !== undefined, 'a key with an entry in kine_current exists');
    const leaseId = keyValue.lease === null ? null : BigInt(keyValue.lease);
    return { name: key, id: keyValue.id, leaseId, valueBytes: keyValue.value?.length ?? 0 };
  }

  #addRows(keys: Iterable<string>, found: readonly Row[] | undefined, hasValue: boolean): void {
    const newest = newestByName(found);
    for (const key of keys) {
      const row = newest.get(key) ?? neverWritten;
      this.#newest.set(key, { ...row, hasValue: hasValue && row.isLarge !== true });
    }
  }

  #addLeases(ids: Iterable<LeaseId>, found: readonly Row[] | undefined): void {
    for (const id of ids) this.#leases.set(id, undefined);
    for (const lease of decoded(LEASES_BY_ID, found)) this.#leases.set(lease.id, lease);
  }

  /** The position of the last written row among the rows of its revision. */
  get #subRevision(): number {
    return this.#writtenCount - 1;
  }

  #nextId(): RowId {
    this.#writtenCount += 1;
    this.#id += 1;
    assert(this.#id >= this.revision, 'no revision exceeds its id');
    return this.#id;
  }
}

const noKeys: ReadonlySet<string> = new Set();

/**
 * Whether a batch that names these keys returns its events. The batch then reads the values that it
 * replaces.
 */
export function returnsEvents({ keys, keysWithValue }: NamedKeys, { withEvents }: WriteOptions): boolean {
  return withEvents && keys.size + keysWithValue.size <= limits.eventsOfBatchKeysMax;
}

function nameList(names: Iterable<string>): readonly [string][] {
  return [...names].map((name) => [name]);
}
