/**
 * Caches the state of the store after the last write of this instance. Most next writes can be
 * planned from it without a read. The transaction of a planned write proves that no other
 * transaction wrote in between (docs/adr/014-guarded-writes.md).
 */

import { BoundedCache } from '../../kit/bounded-cache.ts';
import { limits } from '../../limits.ts';
import type { MarkedHead } from '../head.ts';
import type { LeaseId } from '../ids.ts';
import type { Alarm, WriteOperation } from '../operations.ts';
import type { LeaseStatus } from '../results.ts';
import { type LoadedRow, neverWritten } from './loaded-row.ts';
import type { NamedKeys } from './named-keys.ts';

/** The random number that a transaction of writes stores in the row of the revision lock. */
export type LockNumber = number;

/** The numbers in the row of the revision lock before and after a transaction. */
export interface HeldLock {
  /** The number of the transaction before; undefined: it was not read. */
  readonly found: LockNumber | undefined;
  readonly left: LockNumber;
}

/**
 * The state of the store at the end of a transaction of writes, as far as the transaction read or
 * wrote it.
 */
export interface FinalState {
  readonly head: MarkedHead;
  readonly alarms: readonly Alarm[];
  readonly newest: ReadonlyMap<string, LoadedRow>;
  readonly leases: ReadonlyMap<LeaseId, LeaseStatus | undefined>;
}

/** The cached state of the keys and leases that a batch names. */
export interface CachedState extends FinalState {
  /** Identifies the cached state of the store. */
  readonly number: LockNumber;
  /**
   * Names that are not cached and that a compare expects to be unused. They are assumed to be
   * unused.
   */
  readonly unusedNames: readonly string[];
}

/** Memory of a row in addition to its name and value: the other columns and the objects. */
const rowBytes = 256;

export class StateCache {
  readonly #rows = new BoundedCache<LoadedRow>({
    countMax: limits.knownRowsMax,
    bytesMax: limits.knownRowsBytesMax,
  });
  readonly #leases = new BoundedCache<LeaseStatus>({
    countMax: limits.knownLeasesMax,
    bytesMax: limits.knownRowsBytesMax,
  });
  #state: (Pick<FinalState, 'head' | 'alarms'> & { readonly number: LockNumber }) | undefined;
  /**
   * Whether the last two transactions were of this instance. If several instances write, the store
   * has usually changed before the next write.
   */
  #isOurs = false;

  /** Updates the cache after a transaction of these operations was committed. */
  update(operations: readonly WriteOperation[], { found, left }: HeldLock, finalState: FinalState): void {
    // The replies of two batches may arrive in reverse order.
    if (this.#state !== undefined && finalState.head.id < this.#state.head.id) return;
    this.#isOurs = found !== undefined && found === this.#state?.number;
    if (!this.#isOurs) this.#clearRows();
    if (!operations.every(leavesRows)) {
      this.clear();
      return;
    }
    this.#state = { head: finalState.head, alarms: finalState.alarms, number: left };
    for (const [name, row] of finalState.newest) this.#keep(name, row);
    for (const [id, lease] of finalState.leases) if (lease !== undefined) this.#leases.set(`${id}`, lease);
  }

  clear(): void {
    this.#state = undefined;
    this.#isOurs = false;
    this.#clearRows();
  }

  /** The cached state for a batch. Undefined: the batch needs a row or lease that is not cached. */
  get(named: NamedKeys, { withValues }: { readonly withValues: boolean }): CachedState | undefined {
    if (this.#state === undefined || !this.#isOurs || named.needsLeaseClock) return undefined;
    const newest = new Map<string, LoadedRow>();
    const unusedNames: string[] = [];
    const addCached = (needsValue: boolean) => (key: string) => {
      const row = this.#rows.get(key) ?? (named.unusedKeys.has(key) ? neverWritten : undefined);
      if (row === undefined || (needsValue && !row.hasValue)) return false;
      if (row === neverWritten) unusedNames.push(key);
      newest.set(key, row);
      return true;
    };
    if (![...named.keys].every(addCached(withValues)) || ![...named.keysWithValue].every(addCached(true)))
      return undefined;
    const leases = new Map<LeaseId, LeaseStatus>();
    for (const id of named.leases) {
      const lease = this.#leases.get(`${id}`);
      if (lease === undefined) return undefined;
      leases.set(id, lease);
    }
    return { ...this.#state, newest, leases, unusedNames };
  }

  #keep(name: string, row: LoadedRow): void {
    // A name that was never written is not cached: the guard of a write checks it anyway.
    if (row.id === 0) return;
    if (!row.hasValue && this.#rows.get(name)?.id === row.id) return;
    this.#rows.set(name, withOwnValue(row), rowBytes + (row.keyValue?.value?.length ?? 0));
  }

  #clearRows(): void {
    this.#rows.clear();
    this.#leases.clear();
  }
}

/**
 * Copies the value: a value that was read is a part of a larger buffer, which would stay in memory.
 */
function withOwnValue(row: LoadedRow): LoadedRow {
  const value = row.keyValue?.value ?? null;
  if (row.keyValue === undefined || value === null || value.buffer.byteLength === value.length) return row;
  return { ...row, keyValue: { ...row.keyValue, value: new Uint8Array(value) } };
}

/**
 * Whether an operation leaves all cached rows and leases unchanged, except the keys that it names
 * to write.
 */
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
