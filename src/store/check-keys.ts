import { EtcdError, StatusCode, unreachable } from '../errors.ts';
import type { PutOperation, TxnOperation, TxnStep } from '../mvcc/operations.ts';

/**
 * Refuses keys that the database's indexes do not take, before anything is written. `lengthMax` is in characters of the stored text.
 *
 * @throws EtcdError that states the limit. (etcd's own limit is that of a request.)
 */
export function checkKeys(operation: PutOperation | TxnOperation, lengthMax: number): void {
  if (operation.kind === 'put') checkKey(operation.key, lengthMax);
  else for (const step of [...operation.success, ...operation.failure]) checkStep(step, lengthMax);
}

function checkStep(step: TxnStep, lengthMax: number): void {
  switch (step.kind) {
    case 'put':
    case 'txn':
      checkKeys(step, lengthMax);
      return;
    case 'range':
    case 'delete':
      return;
    default:
      unreachable(step);
  }
}

function checkKey(key: string, lengthMax: number): void {
  if (key.length <= lengthMax) return;
  throw new EtcdError(
    StatusCode.invalidArgument,
    `etcdserver: key is too long: it takes ${key.length} characters in the database, whose indexes take ${lengthMax}`,
  );
}
