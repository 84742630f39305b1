/** What each operation is to be allowed, as etcd asks for it. */
import { unreachable } from '../../errors.ts';
import type {
  DeleteOperation,
  LeaseId,
  PutOperation,
  RangeOperation,
  TxnOperation,
  TxnStep,
} from '../../mvcc/operations.ts';
import type { Caller, Need } from './caller.ts';

/** A caller that is somebody: what etcd asks for where no key is named. */
export const knownNeed: Need = (caller) => caller.requireKnown();

export const adminNeed: Need = (caller) => caller.requireAdmin();

/** Nothing but credentials that are good, if there are any. */
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

/** Everything in it, whichever branch will run. */
export function txnNeed(operation: TxnOperation): Need {
  return (caller) => requireTxn(operation, caller);
}

export function leaseNeed(id: LeaseId): Need {
  return (caller) => {
    caller.requireKnown();
    caller.requireLease(id);
  };
}

function requirePut({ key, lease, previous }: PutOperation, caller: Caller): void {
  caller.requireWrite({ one: key });
  // Who puts a key on a lease can let it go with the lease, and the lease's other keys with it.
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
