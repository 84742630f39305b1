import type { TxnOperation, TxnStep } from '../operations.ts';

/** Whether a transaction only reads. etcd counts one with a transaction inside as a write, whatever that does. */
export function isReadOnlyTxn({ success, failure }: TxnOperation): boolean {
  return success.every(isRange) && failure.every(isRange);
}

function isRange(step: TxnStep): boolean {
  return step.kind === 'range';
}
