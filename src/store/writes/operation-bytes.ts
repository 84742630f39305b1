import type { Keys } from '../../mvcc/ids.ts';
import type { Compare, TxnStep, WriteOperation } from '../../mvcc/operations.ts';

/** Memory of an operation, a step or a compare, without its keys and values. */
const baseBytes = 256;

/** Memory of a waiting write. Values own their bytes, so they do not keep a larger buffer alive. */
export function operationBytes(operation: WriteOperation | TxnStep): number {
  switch (operation.kind) {
    case 'put':
      return baseBytes + operation.key.length + operation.value.length;
    case 'delete':
    case 'range':
      return baseBytes + keysBytes(operation.keys);
    case 'txn':
      return baseBytes + compareBytes(operation.compares) + stepBytes(operation.success) + stepBytes(operation.failure);
    case 'leaseRenew':
      return baseBytes + leaseBytes * operation.ids.length;
    case 'auth':
      return baseBytes + fieldBytes(operation.change);
    default:
      return baseBytes;
  }
}

/** Bytes of a bigint in an array. */
const leaseBytes = 24;

/** Bytes of the text of keys, which is ASCII. */
export function keysBytes(keys: Keys): number {
  return 'one' in keys ? keys.one.length : keys.start.length + (keys.end?.length ?? 0);
}

function compareBytes(compares: readonly Compare[]): number {
  let bytes = 0;
  for (const compare of compares) {
    bytes += baseBytes + keysBytes(compare.keys) + (compare.target === 'value' ? compare.value.length : 0);
  }
  return bytes;
}

function stepBytes(steps: readonly TxnStep[]): number {
  let bytes = 0;
  for (const step of steps) bytes += operationBytes(step);
  return bytes;
}

/** Bytes of all names, keys and hashes in a value, at any depth. */
function fieldBytes(value: unknown): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, each) => sum + fieldBytes(each), 0);
}
