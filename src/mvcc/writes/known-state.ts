/**
 * What an instance remembers of the store as its last write left it: enough to work out most next writes without a read. The transaction of a write worked out so proves that
 * nobody has written since (docs/adr/014-guarded-writes.md).
 */
import { limits } from '../../limits.ts';
import { BoundedCache } from '../../text/bounded-cache.ts';
import type { MarkedHead } from '../head.ts';
import type { Alarm, LeaseId, WriteOperation } from '../operations.ts';
import type { LeaseStatus } from '../results.ts';
import type { Named } from './named.ts';
import { type KnownRow, neverThere } from './newest-rows.ts';

/** The number that a transaction of writes leaves in the row of the revision lock: a random one. */
export type LockNumber = number;

/** The revision lock as a transaction took it. */
export interface HeldLock {
  /** What the transaction before left; undefined: it is not known. */
  readonly found: LockNumber | undefined;
  readonly left: LockNumber;
}

/** What a transaction of writes knows at its end. */
export interface Learned {
  readonly head: MarkedHead;
  readonly alarms: readonly Alarm[];
  readonly newest: ReadonlyMap<string, KnownRow>;
  readonly leases: ReadonlyMap<LeaseId, LeaseStatus | undefined>;
}

/** What is remembered of the keys and leases that a batch names. */
export interface Recalled extends Learned {
  /** The state of the store that this belongs to. */
  readonly number: LockNumber;
  /** Names of which nothing is remembered, and which a compare expects to be unused: they are taken to be. */
  readonly unusedNames: readonly string[];
}

/** Beside name and value: a row's other columns, and the objects that hold them. */
const rowBytes = 256;

export class KnownState {
  readonly #rows = new BoundedCache<KnownRow>({
    countMax: limits.knownRowsMax,
    bytesMax: limits.knownRowsBytesMax,
  });
  readonly #leases = new BoundedCache<LeaseStatus>({
    countMax: limits.knownLeasesMax,
    bytesMax: limits.knownRowsBytesMax,
  });
  #state: (Pick<Learned, 'head' | 'alarms'> & { readonly number: LockNumber }) | undefined;
  /** The last two transactions were this instance's. Where several instances write, their next one would mostly find the store changed. */
  #isOurs = false;

  /** A transaction of these operations was committed. */
  follow(operations: readonly WriteOperation[], { found, left }: HeldLock, learned: Learned): void {
    // The answers to two batches may cross.
    if (this.#state !== undefined && learned.head.id < this.#state.head.id) return;
    this.#isOurs = found !== undefined && found === this.#state?.number;
    if (!this.#isOurs) this.#clear();
    if (!operations.every(leavesRows)) {
      this.forget();
      return;
    }
    this.#state = { head: learned.head, alarms: learned.alarms, number: left };
    for (const [name, row] of learned.newest) this.#keep(name, row);
    for (const [id, lease] of learned.leases) if (lease !== undefined) this.#leases.set(`${id}`, lease);
  }

  forget(): void {
    this.#state = undefined;
    this.#isOurs = false;
    this.#clear();
  }

  /** Undefined: something that the batch needs is not remembered. */
  recall(named: Named, { withValues }: { readonly withValues: boolean }): Recalled | undefined {
    if (this.#state === undefined || !this.#isOurs || named.needsLeaseClock) return undefined;
    const newest = new Map<string, KnownRow>();
    const unusedNames: string[] = [];
    const remembers = (needsValue: boolean) => (key: string) => {
      const row = this.#rows.get(key) ?? (named.unusedKeys.has(key) ? neverThere : undefined);
      if (row === undefined || (needsValue && !row.hasValue)) return false;
      if (row === neverThere) unusedNames.push(key);
      newest.set(key, row);
      return true;
    };
    if (![...named.keys].every(remembers(withValues)) || ![...named.keysWithValue].every(remembers(true)))
      return undefined;
    const leases = new Map<LeaseId, LeaseStatus>();
    for (const id of named.leases) {
      const lease = this.#leases.get(`${id}`);
      if (lease === undefined) return undefined;
      leases.set(id, lease);
    }
    return { ...this.#state, newest, leases, unusedNames };
  }

  #keep(name: string, row: KnownRow): void {
    // Nothing is kept of a name that was never used: the guard of a write says the same.
    if (row.id === 0) return;
    if (!row.hasValue && this.#rows.get(name)?.id === row.id) return;
    this.#rows.set(name, withOwnValue(row), rowBytes + (row.keyValue?.value?.length ?? 0));
  }

  #clear(): void {
    this.#rows.clear();
    this.#leases.clear();
  }
}

/** A value that was read is a part of a larger buffer, which would stay in memory with it. */
function withOwnValue(row: KnownRow): KnownRow {
  const value = row.keyValue?.value ?? null;
  if (row.keyValue === undefined || value === null || value.buffer.byteLength === value.length) return row;
  return { ...row, keyValue: { ...row.keyValue, value: new Uint8Array(value) } };
}

/** Whether all rows and leases that are remembered stay as they are, but for those that the operation names as keys to write. */
function leavesRows({ kind }: WriteOperation): boolean {
  switch (kind) {
    case 'put':
    case 'delete':
    case 'txn':
    case 'leaseRenew':
    case 'leaseTick':
    case 'memberAnnounce':
    case 'leaderName':
      return true;
    default:
      return false;
  }
}
