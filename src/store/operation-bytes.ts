import type { Compare, Keys, TxnStep, WriteOperation } from '../mvcc/operations.ts';

/** What an operation, a step or a compare holds in memory beside its keys and values. */
const baseBytes = 256;

/** What a write holds in memory while it waits. Its values own their bytes, so no larger buffer is kept by them. */
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

/** A bigint in an array. */
const leaseBytes = 24;

/** Of the text of keys, which is ASCII. */
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

/** Of names, keys and hashes, however deep. */
function fieldBytes(value: unknown): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, each) => sum + fieldBytes(each), 0);
}
