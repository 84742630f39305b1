import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Driver, DriverBatchResult } from '../../../src/drivers/driver.ts';
import { untouchedAuth } from '../../../src/mvcc/auth-state.ts';
import type { WriteOperation } from '../../../src/mvcc/operations.ts';
import { OperationCounts } from '../../../src/store/operation-counts.ts';
import type { SlowOperations } from '../../../src/store/slow-operations.ts';
import { WriteQueue } from '../../../src/store/write-queue.ts';

const operation: WriteOperation & { kind: 'leaseRenew' } = { kind: 'leaseRenew', ids: [] };

/** A queue over a driver that answers when it is told to, and the sizes of the batches that it was given. */
function recorded() {
  const sizes: number[] = [];
  const answers: (() => void)[] = [];
  const driver = {
    write(operations: readonly WriteOperation[]): Promise<DriverBatchResult> {
      sizes.push(operations.length);
      const { promise, resolve } = Promise.withResolvers<DriverBatchResult>();
      const head = { id: 0, revision: 1, compactRevision: -1, authState: untouchedAuth };
      answers.push(() => resolve({ outcomes: operations.map(() => ({ result: { kind: 'leaseRenew' } })), head }));
      return promise;
    },
  } as unknown as Driver;
  const queue = new WriteQueue(driver, {
    saw: () => {},
    counts: new OperationCounts(),
    slow: { writes: () => {} } as unknown as SlowOperations,
  });
  const answer = async () => {
    answers.shift()?.();
    await nextTurn();
  };
  return { queue, sizes, answer };
}

test('writes of one turn of the event loop leave together', async () => {
  const { queue, sizes, answer } = recorded();
  const written = Promise.all([queue.write(operation), queue.write(operation), queue.write(operation)]);
  assert.deepEqual(sizes, []);
  await nextTurn();
  assert.deepEqual(sizes, [3]);
  await answer();
  await written;
});

test('where writes come one by one, each leaves at once', async () => {
  const { queue, sizes, answer } = recorded();
  const first = queue.write(operation);
  await nextTurn();
  await answer();
  await first;
  const second = queue.write(operation);
  assert.deepEqual(sizes, [1, 1]);
  // The next ones do not hurry: one is under way.
  const others = Promise.all([queue.write(operation), queue.write(operation)]);
  assert.deepEqual(sizes, [1, 1]);
  await nextTurn();
  assert.deepEqual(sizes, [1, 1, 2]);
  await answer();
  await answer();
  await Promise.all([second, others]);
});
