/** What a write adds to the store, as etcd reckons it. */
import type { TxnStep, WriteOperation } from '../operations.ts';

/** etcd's guess of what a key takes beside its name and value, and of what a lease takes. */
const keyOverheadBytes = 256;
const leaseBytes = 64;

/** Bytes; 0: it takes no space. Of a transaction that of its larger branch, whichever is taken. */
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
