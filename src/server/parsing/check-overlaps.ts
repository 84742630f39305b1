import { etcdError } from '../../errors.ts';
import type { TxnStep } from '../../mvcc/operations.ts';
import { IntervalSet } from './interval-set.ts';

/** The keys that the operations of one branch write. */
interface Written {
  readonly puts: Set<string>;
  readonly deletes: IntervalSet;
}

/**
 * Refuses a branch that puts a key twice, or that puts a key and deletes it. The compared pairs and
 * their order are etcd's: a delete in an inner transaction is compared with the puts after it. The
 * two branches of a transaction may put the same key, because only one of them runs.
 *
 * @throws EtcdError duplicate key
 */
export function checkOverlaps(steps: readonly TxnStep[]): void {
  // Most branches have one operation.
  if (steps.length > 1 || steps[0]?.kind === 'txn') written(steps);
}

function written(steps: readonly TxnStep[]): Written {
  const puts = new Set<string>();
  const deletes = new IntervalSet();
  for (const step of steps) {
    if (step.kind === 'delete') deletes.add(step.keys);
  }
  for (const step of steps) {
    if (step.kind !== 'txn') continue;
    const success = written(step.success);
    const failure = written(step.failure);
    for (const key of success.puts) addPut(key, puts, deletes);
    for (const key of failure.puts) {
      if (success.puts.has(key)) checkNotDeleted(key, deletes);
      else addPut(key, puts, deletes);
    }
    deletes.addAll(success.deletes);
    deletes.addAll(failure.deletes);
  }
  for (const step of steps) {
    if (step.kind === 'put') addPut(step.key, puts, deletes);
  }
  return { puts, deletes };
}

function addPut(key: string, puts: Set<string>, deletes: IntervalSet): void {
  if (puts.has(key)) throw etcdError('duplicateKey');
  checkNotDeleted(key, deletes);
  puts.add(key);
}

function checkNotDeleted(key: string, deletes: IntervalSet): void {
  if (deletes.has(key)) throw etcdError('duplicateKey');
}
