/** The bytes that a write adds to the store, in etcd's estimate. */
import type { TxnStep, WriteOperation } from '../operations.ts';

/** etcd's estimate of the bytes of a key in addition to its name and value, and of a lease. */
const keyOverheadBytes = 256;
const leaseBytes = 64;

/**
 * The cost of a write in bytes; 0: it needs no space. The cost of a transaction is the one of its
 * larger branch.
 */
export function writeCostBytes(operation: WriteOperation | TxnStep): number {
  switch (operation.kind) {
    case 'put':
      return keyOverheadBytes + operation.key.length + operation.value.length;
    case 'txn':
      return Math.max(branchBytes(operation.success), branchBytes(operation.failure));
    case 'leaseGrant':
      return leaseBytes;
    default:
      return 0;
  }
}

function branchBytes(steps: readonly TxnStep[]): number {
  return steps.reduce((sum, step) => sum + writeCostBytes(step), 0);
}
