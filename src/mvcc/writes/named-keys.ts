/**
 * The keys and leases that the operations of a batch name. They are read together before the first
 * operation runs.
 */

import { unreachable } from '../../errors.ts';
import type { Keys, LeaseId } from '../ids.ts';
import type { Compare, TxnStep, WriteOperation } from '../operations.ts';

export interface NamedKeys {
  readonly keys: ReadonlySet<string>;
  /** Keys whose value is needed too. None of them is in `keys`. */
  readonly keysWithValue: ReadonlySet<string>;
  /** Keys that a compare expects not to exist. */
  readonly unusedKeys: ReadonlySet<string>;
  readonly leases: ReadonlySet<LeaseId>;
  /** An operation computes deadlines of leases, so the lease clock must be read. */
  readonly needsLeaseClock: boolean;
}

/** Collects the names. Intervals are left out: they are read when their operation runs. */
export function namedKeys(operations: readonly WriteOperation[]): NamedKeys {
  const names = new NameCollector();
  for (const operation of operations) names.addOperation(operation);
  for (const key of names.keysWithValue) names.keys.delete(key);
  return names;
}

class NameCollector implements NamedKeys {
  readonly keys = new Set<string>();
  readonly keysWithValue = new Set<string>();
  readonly unusedKeys = new Set<string>();
  readonly leases = new Set<LeaseId>();
  needsLeaseClock = false;

  addOperation(operation: WriteOperation): void {
    switch (operation.kind) {
      case 'put':
      case 'delete':
      case 'txn':
        this.#addStep(operation);
        return;
      case 'leaseGrant':
        this.needsLeaseClock = true;
        this.leases.add(operation.id);
        return;
      case 'leaseRenew':
      case 'leaseTick':
        this.needsLeaseClock = true;
        return;
      case 'leaseRevoke':
      case 'leaseExpire':
        this.leases.add(operation.id);
        return;
      case 'compact':
      case 'compactChunk':
      case 'holdCompaction':
      case 'releaseCompaction':
      case 'snapshotClaim':
      case 'memberAnnounce':
      case 'memberDrop':
      case 'memberRemove':
      case 'leaderName':
      case 'alarmRaise':
      case 'alarmDrop':
      case 'auth':
        return;
      default:
        unreachable(operation);
    }
  }

  #addStep(step: TxnStep): void {
    switch (step.kind) {
      case 'put':
        this.#addKeys({ one: step.key }, step.previous || step.ignoreValue);
        if (step.lease !== 0n) this.leases.add(step.lease);
        return;
      case 'delete':
        this.#addKeys(step.keys, step.previous);
        return;
      case 'txn':
        for (const compare of step.compares) this.#addCompare(compare);
        for (const inner of [...step.success, ...step.failure]) this.#addStep(inner);
        return;
      case 'range':
        return;
      default:
        unreachable(step);
    }
  }

  #addCompare(compare: Compare): void {
    this.#addKeys(compare.keys, compare.target === 'value');
    if ('one' in compare.keys && expectsNoKey(compare)) this.unusedKeys.add(compare.keys.one);
  }

  #addKeys(keys: Keys, withValue: boolean): void {
    if ('one' in keys) (withValue ? this.keysWithValue : this.keys).add(keys.one);
  }
}

function expectsNoKey(compare: Compare): boolean {
  switch (compare.target) {
    case 'version':
    case 'create':
    case 'mod':
      return compare.result === 'equal' && compare.number === 0;
    default:
      return false;
  }
}
