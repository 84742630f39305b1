import { EtcdError, StatusCode, unreachable } from '../../errors.ts';
import type { PutOperation, TxnOperation, TxnStep } from '../../mvcc/operations.ts';

/**
 * Refuses keys that are too long for the database's indexes, before anything is written.
 * `lengthMax` is in characters of the stored text.
 *
 * @throws EtcdError with the limit. (etcd itself limits only the whole request.)
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
    `etcdserver: key is too long: its stored form has ${key.length} characters, the limit of the database is ${lengthMax}; use a shorter key`,
  );
}
