import type { TxnOperation, TxnStep } from '../operations.ts';

/**
 * Whether a transaction only reads. As in etcd, a transaction with a nested transaction counts as a
 * write, even if the nested one only reads.
 */
export function isReadOnlyTxn({ success, failure }: TxnOperation): boolean {
  return success.every(isRange) && failure.every(isRange);
}

function isRange(step: TxnStep): boolean {
  return step.kind === 'range';
}
