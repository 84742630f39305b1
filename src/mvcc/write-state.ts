/** What one write transaction of the database knows while its operations run one after the other. */
import { assert } from '../errors.ts';
import { CURRENT_ROW_WITHOUT_VALUE } from '../sql/read-statements.ts';
import { type KeyValueRow, keyValueRow } from '../sql/row.ts';
import { DROP_CURRENT, INSERT_ROW, LAST_ROW_OF_NAME, SET_CURRENT } from '../sql/write-statements.ts';
import { headProgram } from './head.ts';
import type { LeaseId, Revision, RowId } from './operations.ts';
import { change, type Program, row } from './program.ts';
import type { Head } from './results.ts';

/** Ids and revisions handed out so far, and the newest rows looked up so far. */
export class WriteState {
  #id: RowId;
  #revision: Revision;
  compactId: RowId;
  compactRevision: Revision;
  /** Whether the operation under way has written: then it has taken the next revision. */
  #wrote = false;
  /** Newest rows without their values; null: there is none. Changed with every row written, so that it is never stale. */
  readonly #current = new Map<string, KeyValueRow | null>();

  private constructor(head: Head & { compactId: RowId }) {
    this.#id = head.id;
    this.#revision = head.revision;
    this.compactId = head.compactId;
    this.compactRevision = head.compactRevision;
  }

  /** Reads where the store stands; the caller holds the revision lock. */
  static *open(): Program<WriteState> {
    return new WriteState(yield* headProgram());
  }

  get head(): Head {
    return { id: this.#id, revision: this.#revision, compactRevision: this.compactRevision };
  }

  /** The revision that a reply's header names: the operation's own once it has written. */
  get revision(): Revision {
    return this.#wrote ? this.#revision + 1 : this.#revision;
  }

  /** Ends an operation: what it wrote has one revision. */
  settle(): void {
    if (this.#wrote) this.#revision += 1;
    this.#wrote = false;
  }

  /** The newest row of a key without its value, or null. */
  *current(key: string): Program<KeyValueRow | null> {
    const known = this.#current.get(key);
    if (known !== undefined) return known;
    const found = yield* row(CURRENT_ROW_WITHOUT_VALUE, key);
    const current = found === undefined ? null : keyValueRow(found);
    this.#current.set(key, current);
    return current;
  }

  /** Writes a key. `ttlSeconds` is the lease's, for kine's column; 0 without a lease. */
  *put(key: string, value: Uint8Array, lease: { id: LeaseId; ttlSeconds: number }): Program<void> {
    const previous = yield* this.current(key);
    const id = this.#nextId();
    const revision = this.revision;
    const version = previous === null ? 1 : previous.version + 1;
    const createRevision = previous === null ? revision : previous.createRevision;
    const leaseId = lease.id === 0n ? null : lease.id;
    yield* change(
      INSERT_ROW,
      id,
      key,
      previous === null ? 1 : 0,
      0,
      previous === null ? 0 : createRevision,
      previous === null ? yield* replacedId(key) : previous.id,
      lease.ttlSeconds,
      value,
      version,
      leaseId,
      id === revision ? null : revision,
    );
    yield* change(SET_CURRENT, key, id, leaseId);
    const leaseText = leaseId === null ? null : leaseId.toString();
    this.#current.set(key, {
      name: key,
      id,
      modRevision: revision,
      createRevision,
      version,
      lease: leaseText,
      value: null,
    });
  }

  /** Deletes a key that is there: a tombstone, as kine 0.16 writes it. */
  *delete(previous: KeyValueRow): Program<void> {
    const id = this.#nextId();
    const revision = this.revision;
    yield* change(
      INSERT_ROW,
      id,
      previous.name,
      0,
      1,
      0,
      previous.id,
      0,
      null,
      0,
      null,
      id === revision ? null : revision,
    );
    const dropped = yield* change(DROP_CURRENT, previous.name);
    assert(dropped === 1, 'a deleted key was in kine_current');
    this.#current.set(previous.name, null);
  }

  #nextId(): RowId {
    this.#wrote = true;
    this.#id += 1;
    assert(this.#id >= this.revision, 'revisions never overtake ids');
    return this.#id;
  }
}

/** The tombstone that a create replaces, or 0. */
function* replacedId(key: string): Program<RowId> {
  return ((yield* row(LAST_ROW_OF_NAME, key))?.[0] as number | undefined) ?? 0;
}
