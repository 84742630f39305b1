/** The rights that each operation needs, as in etcd. */

import { unreachable } from '../../errors.ts';
import type { LeaseId } from '../../mvcc/ids.ts';
import type { DeleteOperation, PutOperation, RangeOperation, TxnOperation, TxnStep } from '../../mvcc/operations.ts';
import type { Caller, Need } from './caller.ts';

/** An authenticated caller. etcd requires this if an operation names no key. */
export const authenticatedNeed: Need = (caller) => caller.requireAuthenticated();

export const adminNeed: Need = (caller) => caller.requireAdmin();

/** Valid credentials, if there are any. */
export const anyNeed: Need = () => {};

export function rangeNeed({ keys }: Pick<RangeOperation, 'keys'>): Need {
  return (caller) => caller.requireRead(keys);
}

export function putNeed(operation: PutOperation): Need {
  return (caller) => requirePut(operation, caller);
}

export function deleteNeed(operation: DeleteOperation): Need {
  return (caller) => requireDelete(operation, caller);
}

/** The rights for all operations in it, also for the branch that will not run. */
export function txnNeed(operation: TxnOperation): Need {
  return (caller) => requireTxn(operation, caller);
}

export function leaseNeed(id: LeaseId): Need {
  return (caller) => {
    caller.requireAuthenticated();
    caller.requireLease(id);
  };
}

function requirePut({ key, lease, previous }: PutOperation, caller: Caller): void {
  caller.requireWrite({ one: key });
  // A client that attaches a key to a lease can delete the lease's other keys with it.
  if (lease !== 0n) caller.requireLease(lease);
  if (previous) caller.requireRead({ one: key });
}

function requireDelete({ keys, previous }: DeleteOperation, caller: Caller): void {
  caller.requireWrite(keys);
  if (previous) caller.requireRead(keys);
}

function requireTxn({ compares, success, failure }: TxnOperation, caller: Caller): void {
  for (const { keys } of compares) caller.requireRead(keys);
  for (const step of success) requireStep(step, caller);
  for (const step of failure) requireStep(step, caller);
}

function requireStep(step: TxnStep, caller: Caller): void {
  switch (step.kind) {
    case 'range':
      caller.requireRead(step.keys);
      break;
    case 'put':
      requirePut(step, caller);
      break;
    case 'delete':
      requireDelete(step, caller);
      break;
    case 'txn':
      requireTxn(step, caller);
      break;
    default:
      unreachable(step);
  }
}
