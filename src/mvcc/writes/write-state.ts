/** What one write transaction of the database knows while its operations run one after the other. */
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
import { leaseList } from '../leases/lease-reads.ts';
import type { Alarm, LeaseId, Revision, RowId } from '../operations.ts';
import { asLast, decoded, decodedOne, insertQuery, listQuery, type Program, query } from '../program.ts';
import { type PackedBatchEvents, packEvents } from '../reads/events.ts';
import type { Head, LeaseStatus } from '../results.ts';
import type { Learned } from './known-state.ts';
import type { Named } from './named.ts';
import { type KnownRow, neverThere } from './newest-rows.ts';

export interface WriteOptions {
  /** What is written is to be told as events, as far as it is known. */
  readonly withEvents: boolean;
}

export interface BatchOptions extends WriteOptions {
  /** The lease clock of this instance, in ms. */
  readonly leaseNowMs: () => number;
  /** What the batch knows at its end is to be told. */
  readonly learns?: boolean;
}

/**
 * Ids and revisions handed out so far, the newest rows and leases looked up so far, and the rows that are written but not yet given to the database: they go
 * together, at the end or before a statement that must see them.
 */
export class WriteState {
  #id: RowId;
  #revision: Revision;
  compactId: RowId;
  compactRevision: Revision;
  /** Those that are active. */
  alarms: readonly Alarm[] = [];
  authState: AuthState;
  /** What the lease clock shows to this transaction: no instance is more than `leaseClockApartMsMax` ahead of it. Read only for operations that need it. */
  leaseClockMs = 0;
  /** Rows that the operation under way has written: with the first it took the next revision. */
  #writtenCount = 0;
  /** Changed with every row written, so that it is never stale. A row of id 0: the key was never there. */
  readonly #newest = new Map<string, KnownRow>();
  readonly #leases = new Map<LeaseId, LeaseStatus | undefined>();
  #rows: KineRow[] = [];
  #rowBytes = 0;
  /** Keys whose place in `kine_current` the rows above change, and whether they have one there now. */
  readonly #moved = new Map<string, { readonly isThere: boolean }>();
  /** Of values that operations were handed. */
  readBytes = 0;
  readonly #openedId: RowId;
  /** What the rows did so far; undefined: nobody wants to know, or it is not known any more. */
  #events: RowEvent[] | undefined;
  #eventBytes = 0;

  private constructor(head: MarkedHead, { withEvents }: WriteOptions) {
    this.#openedId = head.id;
    this.#events = withEvents ? [] : undefined;
    this.#id = head.id;
    this.#revision = head.revision;
    this.compactId = head.compactId;
    this.compactRevision = head.compactRevision;
    this.authState = head.authState;
  }

  /** Reads where the store stands, its alarms, and the keys and leases that the operations name; the caller holds the revision lock. */
  static *open(named: Named, options: BatchOptions): Program<WriteState> {
    const { leases } = named;
    const withEvents = tellsEvents(named, options);
    // An event has the value that it replaced. Large values are read one by one, by the operations that need them.
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
    state.#learn(keys, bare, false);
    state.#learn(keysWithValue, whole, true);
    state.#learnLeases(leases, found);
    if (named.needsLeaseClock) {
      state.leaseClockMs = Math.max(decodedOne(LEASE_CLOCK, clock) ?? 0, options.leaseNowMs());
    }
    return state;
  }

  /** The same from memory. */
  static remembered(recalled: Learned, options: WriteOptions): WriteState {
    const state = new WriteState(recalled.head, options);
    state.alarms = recalled.alarms;
    for (const [key, row] of recalled.newest) state.#newest.set(key, row);
    for (const [id, lease] of recalled.leases) state.#leases.set(id, lease);
    return state;
  }

  get head(): Head {
    const { compactRevision, authState } = this;
    return { id: this.#id, revision: this.#revision, compactRevision, authState };
  }

  /** What was written, for those who watch; undefined: they have to read it. */
  events(): PackedBatchEvents | undefined {
    if (this.#events === undefined) return undefined;
    const { head } = this;
    return { events: packEvents(this.#events), afterId: this.#openedId, throughId: head.id, head };
  }

  /** What is known at the end of the batch. */
  learned(): Learned {
    const head: MarkedHead = { ...this.head, compactId: this.compactId };
    return { head, alarms: this.alarms, newest: this.#newest, leases: this.#leases };
  }

  /** The revision that a reply's header names: the operation's own once it has written. */
  get revision(): Revision {
    return this.#writtenCount > 0 ? this.#revision + 1 : this.#revision;
  }

  /** Ends an operation: what it wrote has one revision. */
  settle(): void {
    if (this.#writtenCount > 0) this.#revision += 1;
    this.#writtenCount = 0;
  }

  /** The newest row of a key without its value; undefined: the key is not there. */
  *current(key: string): Program<KeyValueRow | undefined> {
    return (yield* this.#newestOf(key)).keyValue;
  }

  /** The same with its value. */
  *currentWithValue(key: string): Program<KeyValueRow | undefined> {
    const known = this.#newest.get(key);
    if (known === undefined || !(known.hasValue || known.keyValue === undefined)) {
      const [found] = yield [listQuery(NEWEST_ROWS, [[key]])];
      this.#learn([key], found, true);
    }
    const current = this.#newest.get(key)?.keyValue;
    this.readBytes += current?.value?.length ?? 0;
    return current;
  }

  /** Looks keys up together that operations did not name. */
  *load(keys: readonly string[]): Program<void> {
    const unknown = keys.filter((key) => !this.#newest.has(key));
    if (unknown.length === 0) return;
    const [found] = yield [listQuery(NEWEST_ROWS_WITHOUT_VALUE, nameList(unknown))];
    this.#learn(unknown, found, false);
  }

  /** A lease; undefined: there is none of that id. */
  *lease(id: LeaseId): Program<LeaseStatus | undefined> {
    if (!this.#leases.has(id)) {
      const [found] = yield [listQuery(LEASES_BY_ID, [[id]])];
      this.#learnLeases([id], found);
    }
    return this.#leases.get(id);
  }

  /** A lease was made or ended. */
  setLease(id: LeaseId, lease: LeaseStatus | undefined): void {
    this.#leases.set(id, lease);
  }

  /** The database changes these. */
  forgetLeases(ids: readonly LeaseId[]): void {
    for (const id of ids) this.#leases.delete(id);
  }

  /** Writes a key. `ttlSeconds` is the lease's, for kine's column; 0 without a lease. */
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
    this.#happened({ isDelete: false, keyValue, previous });
    yield* this.#wroteRow(key, { id, keyValue, hasValue: true }, previous !== undefined, value.length);
  }

  /** Deletes a key that is there: a tombstone, as kine 0.16 writes it. */
  *delete(found: KeyValueRow): Program<void> {
    const { name, id: replacedId } = found;
    const previous = (this.#newest.has(name) ? (yield* this.#replaced(name)).keyValue : undefined) ?? found;
    const id = this.#nextId();
    const revision = this.revision;
    this.#rows.push(tombstoneRow({ id, revision, subRevision: this.#subRevision, name, replacedId }));
    this.#happened({ isDelete: true, keyValue: { ...previous, id, modRevision: revision }, previous });
    yield* this.#wroteRow(name, { id, keyValue: undefined, hasValue: true }, true, 0);
  }

  /** Gives the database what was written. Statements that come after it see it. `last`: none does. */
  *flush(place?: 'last'): Program<void> {
    const written = this.#rows.length;
    if (written === 0) return;
    const dropped = [...this.#moved].filter(([key, { isThere }]) => isThere && !this.#isHere(key));
    const set = [...this.#moved.keys()].filter((key) => this.#isHere(key));
    const asked = [
      insertQuery(INSERT_ROWS, this.#rows),
      insertQuery(
        SET_CURRENT,
        set.map((key) => this.#placeOf(key)),
      ),
      listQuery(
        DROP_CURRENT,
        dropped.map(([key]) => [key]),
      ),
    ];
    this.#rows = [];
    this.#rowBytes = 0;
    this.#moved.clear();
    const [inserted, , removed] = yield place === 'last' ? asked.map(asLast) : asked;
    assert(changeCount(inserted) === written, 'every row written is in the table');
    assert(changeCount(removed) === dropped.length, 'a deleted key was in kine_current');
  }

  /** The newest row of a key, with its value where an event needs it: a large one was not read along. */
  *#replaced(key: string): Program<KnownRow> {
    const known = yield* this.#newestOf(key);
    const needsValue = this.#events !== undefined && known.isLarge === true && !known.hasValue;
    if (!needsValue || this.#eventBytes > limits.eventPageBytesMax) return known;
    yield* this.currentWithValue(key);
    return this.#newest.get(key) as KnownRow;
  }

  *#newestOf(key: string): Program<KnownRow> {
    yield* this.load([key]);
    return this.#newest.get(key) as KnownRow;
  }

  *#wroteRow(key: string, known: KnownRow, wasThere: boolean, bytes: number): Program<void> {
    this.#newest.set(key, known);
    if (!this.#moved.has(key)) this.#moved.set(key, { isThere: wasThere });
    this.#rowBytes += bytes;
    if (this.#rows.length >= limits.unflushedRowsMax || this.#rowBytes >= limits.unflushedBytesMax) yield* this.flush();
  }

  /** Values that were not read along, and more of them than one page of events holds, are left to those who watch. */
  #happened(event: RowEvent): void {
    this.#eventBytes += (event.keyValue.value?.length ?? 0) + (event.previous?.value?.length ?? 0);
    if (event.previous?.value === null || this.#eventBytes > limits.eventPageBytesMax) this.#events = undefined;
    this.#events?.push(event);
  }

  #isHere(key: string): boolean {
    return this.#newest.get(key)?.keyValue !== undefined;
  }

  #placeOf(key: string): CurrentRow {
    const placed = this.#newest.get(key)?.keyValue;
    assert(placed !== undefined, 'a key with a place in kine_current is there');
    const leaseId = placed.lease === null ? null : BigInt(placed.lease);
    return { name: key, id: placed.id, leaseId, valueBytes: placed.value?.length ?? 0 };
  }

  #learn(keys: Iterable<string>, found: readonly Row[] | undefined, hasValue: boolean): void {
    const newest = newestByName(found);
    for (const key of keys) {
      const row = newest.get(key) ?? neverThere;
      this.#newest.set(key, { ...row, hasValue: hasValue && row.isLarge !== true });
    }
  }

  #learnLeases(ids: Iterable<LeaseId>, found: readonly Row[] | undefined): void {
    for (const id of ids) this.#leases.set(id, undefined);
    for (const lease of decoded(LEASES_BY_ID, found)) this.#leases.set(lease.id, lease);
  }

  /** The place of the row written last among those of its revision. */
  get #subRevision(): number {
    return this.#writtenCount - 1;
  }

  #nextId(): RowId {
    this.#writtenCount += 1;
    this.#id += 1;
    assert(this.#id >= this.revision, 'revisions never overtake ids');
    return this.#id;
  }
}

const noKeys: ReadonlySet<string> = new Set();

/** Whether a batch that names these keys tells its events. It then reads the values that it replaces. */
export function tellsEvents({ keys, keysWithValue }: Named, { withEvents }: WriteOptions): boolean {
  return withEvents && keys.size + keysWithValue.size <= limits.eventsOfBatchKeysMax;
}

function nameList(names: Iterable<string>): readonly [string][] {
  return [...names].map((name) => [name]);
}
