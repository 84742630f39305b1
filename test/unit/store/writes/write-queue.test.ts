import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Driver, DriverBatchResult } from '../../../../src/drivers/driver.ts';
import { EtcdError } from '../../../../src/errors.ts';
import { limits } from '../../../../src/limits.ts';
import { initialAuthState } from '../../../../src/mvcc/auth/auth-state.ts';
import type { PutOperation, TxnOperation, TxnStep, WriteOperation } from '../../../../src/mvcc/operations.ts';
import { keyText } from '../../../../src/sql/key-text.ts';
import { OperationCounts } from '../../../../src/store/operation-counts.ts';
import { HeadTracker } from '../../../../src/store/reads/head-tracker.ts';
import type { SlowOperations } from '../../../../src/store/slow-operations.ts';
import { WriteQueue } from '../../../../src/store/writes/write-queue.ts';
import { TestOrigin } from '../queues/requesters.ts';

const operation: WriteOperation & { kind: 'leaseRenew' } = { kind: 'leaseRenew', ids: [] };

/**
 * A queue over a driver that replies when the test decides, and the batches that it received, with
 * their sizes and keys.
 */
function recorded() {
  const sizes: number[] = [];
  const batches: string[][] = [];
  const answers: ((doneMax: number, readBytes: number) => void)[] = [];
  const driver = {
    write(operations: readonly WriteOperation[]): Promise<DriverBatchResult> {
      sizes.push(operations.length);
      batches.push(operations.map((each) => (each.kind === 'put' ? each.key : each.kind)));
      const { promise, resolve } = Promise.withResolvers<DriverBatchResult>();
      const head = { id: 0, revision: 1, compactRevision: -1, authState: initialAuthState };
      answers.push((doneMax, readBytes) => {
        const outcomes = operations
          .slice(0, doneMax)
          .map(({ kind }) => ({ result: { kind: 'leaseRenew' }, readBytes: kind === 'txn' ? readBytes : 0 }) as const);
        resolve({ outcomes, head });
      });
      return promise;
    },
  } as unknown as Driver;
  const queue = new WriteQueue(driver, {
    heads: new HeadTracker(),
    observe: () => {},
    counts: new OperationCounts(),
    slow: { writes: () => {} } as unknown as SlowOperations,
  });
  /** `readBytes`: what each transaction has read. */
  const answer = async (doneMax = Number.POSITIVE_INFINITY, readBytes = 0) => {
    answers.shift()?.(doneMax, readBytes);
    await nextTurn();
  };
  return { queue, sizes, batches, answer };
}

test('writes of one turn of the event loop form one batch', async () => {
  const { queue, sizes, answer } = recorded();
  const written = Promise.all([queue.write(operation), queue.write(operation), queue.write(operation)]);
  assert.deepEqual(sizes, []);
  await nextTurn();
  assert.deepEqual(sizes, [3]);
  await answer();
  await written;
});

test('single writes each leave at once', async () => {
  const { queue, sizes, answer } = recorded();
  const first = queue.write(operation);
  await nextTurn();
  await answer();
  await first;
  const second = queue.write(operation);
  assert.deepEqual(sizes, [1, 1]);
  // The next writes do not hurry, because one is under way.
  const others = Promise.all([queue.write(operation), queue.write(operation)]);
  assert.deepEqual(sizes, [1, 1]);
  await nextTurn();
  assert.deepEqual(sizes, [1, 1, 2]);
  await answer();
  await answer();
  await Promise.all([second, others]);
});

function put(key: string, { bytes = 1, previous = false } = {}): PutOperation {
  const name = keyText(Buffer.from(key));
  const value = new Uint8Array(bytes);
  return { kind: 'put', key: name, value, lease: 0n, previous, ignoreValue: false, ignoreLease: false };
}

test('operations that a batch has not started come first in the next one', async () => {
  const { queue, batches, answer } = recorded();
  const [one, other] = [new TestOrigin(), new TestOrigin()];
  const early = ['a', 'b', 'c'].map((key) => queue.write(put(key), one.request()));
  await nextTurn();
  const [late, others] = [queue.write(put('d'), one.request()), queue.write(put('o'), other.request())];
  await nextTurn();
  assert.deepEqual(batches.splice(0), [
    ['a', 'b', 'c'],
    ['d', 'o'],
  ]);
  const last = queue.write(put('e'), one.request());
  await answer(1);
  await early[0];
  await answer();
  await Promise.all([late, others]);
  assert.deepEqual(batches.splice(0), [['b', 'c', 'e']]);
  await answer(2);
  await Promise.all(early);
  await nextTurn();
  assert.deepEqual(batches.splice(0), [['e']]);
  await answer();
  await last;
});

test('operations that a batch has not started wait while their client does not read replies', async () => {
  const { queue, batches, answer } = recorded();
  const slow = new TestOrigin();
  const written = ['a', 'b'].map((key) => queue.write(put(key, { previous: true }), slow.request()));
  await nextTurn();
  slow.isBackedUp = true;
  await answer(1);
  await nextTurn();
  assert.deepEqual(batches, [['a', 'b']]);
  slow.drain();
  await nextTurn();
  assert.deepEqual(batches, [['a', 'b'], ['b']]);
  await answer();
  await Promise.all(written);
});

test('a batch takes writes from all clients in turn, and those of one client in order', async () => {
  const { queue, batches, answer } = recorded();
  const [busy, other] = [new TestOrigin(), new TestOrigin()];
  const count = limits.writeBatchCountMax + 10;
  const written = Array.from({ length: count }, (_, index) => queue.write(put(`busy ${index}`), busy.request()));
  written.push(queue.write(put('other!'), other.request()));
  await nextTurn();
  assert.deepEqual(batches[0]?.slice(0, 4), ['busy 0', 'other!', 'busy 1', 'busy 2']);
  assert.equal(batches[0]?.length, limits.writeBatchCountMax);
  await answer();
  await nextTurn();
  assert.equal(batches[1]?.at(-1), `busy ${count - 1}`);
  await answer();
  await Promise.all(written);
});

test('a write cancelled before its batch is not done, and a write in a batch is', async () => {
  const { queue, batches, answer } = recorded();
  const origin = new TestOrigin();
  const [first, second] = [origin.request(), origin.request()];
  const done = queue.write(put('done'), first);
  await nextTurn();
  first.isGone = true;
  const lost = assert.rejects(queue.write(put('lost'), second), (error) => {
    return error instanceof EtcdError && error.entry === 'canceled';
  });
  second.isGone = true;
  await nextTurn();
  await lost;
  await answer();
  await done;
  assert.deepEqual(batches, [['done']]);
  assert.equal(queue.statistics.dropped, 1);
});

test('a batch has a limit in bytes, and a larger write has a batch of its own', async () => {
  const { queue, sizes, answer } = recorded();
  const half = limits.writeBatchBytesMax / 2;
  const origin = new TestOrigin();
  const written = [half, half, half * 3, half].map((bytes, index) =>
    queue.write(put(String(index), { bytes }), origin.request()),
  );
  for (let turn = 0; turn < written.length; turn += 1) {
    await nextTurn();
    await answer();
  }
  await Promise.all(written);
  assert.deepEqual(sizes, [1, 1, 1, 1]);
});

test('a small write waits for only one large write of others, however many there are', async () => {
  const { queue, batches, answer } = recorded();
  const large = Array.from({ length: 8 }, (_, index) =>
    queue.write(put(`large ${index}`, { bytes: limits.writeBatchBytesMax }), new TestOrigin().request()),
  );
  await nextTurn();
  const small = queue.write(put('small'), new TestOrigin().request());
  await nextTurn();
  assert.deepEqual(batches, [['large 0'], ['small']]);
  await answer();
  await nextTurn();
  assert.deepEqual(batches[2], ['large 1'], 'large ones have their turn beside small ones');
  for (let turn = 0; turn < large.length; turn += 1) {
    await answer();
    await nextTurn();
  }
  await Promise.all([...large, small]);
});

/** Reads a key, and may delete another one. */
function read(key: string): TxnOperation {
  const keys = { one: keyText(Buffer.from(key)) };
  const range = { kind: 'range', keys, limit: 0, revision: 0, countOnly: false, keysOnly: false } as const;
  return {
    kind: 'txn',
    compares: [],
    success: [range as unknown as TxnStep, { kind: 'delete', keys, previous: false }],
    failure: [],
  };
}

test('a put does not wait for the transactions of many clients that read much', async () => {
  const { queue, batches, answer } = recorded();
  const readers = Array.from({ length: 40 }, () => new TestOrigin());
  const readBytes = 1024 * 1024;
  const reads = readers.flatMap((origin) => [1, 2].map(() => queue.write(read('large'), origin.request())));
  const writer = new TestOrigin();
  const waited: number[] = [];
  for (let index = 0; index < 20; index += 1) {
    const written = queue.write(put(`put ${index}`), writer.request());
    await nextTurn();
    let turns = 0;
    let isWritten = false;
    void written.then(() => {
      isWritten = true;
    });
    while (!isWritten) {
      await answer(1 + Number(batches.at(-1)?.[0]?.startsWith('put')), readBytes);
      await nextTurn();
      turns += 1;
    }
    waited.push(turns);
  }
  assert.ok(Math.max(...waited) <= 3, `batches until each put was written: ${waited}`);
  assert.ok(batches.flat().filter((name) => name === 'txn').length > 20, 'the readers are served meanwhile');
  for (let turn = 0; turn < 200; turn += 1) {
    await answer(1, readBytes);
    await nextTurn();
  }
  await Promise.all(reads);
});

test('a client that does not read its replies may write, unless it requests previous values', async () => {
  const { queue, batches, answer } = recorded();
  const origin = new TestOrigin();
  origin.isBackedUp = true;
  const written = [
    queue.write(put('a'), origin.request()),
    queue.write(put('b', { previous: true }), origin.request()),
  ];
  await nextTurn();
  assert.deepEqual(batches, [['a']]);
  await answer();
  origin.drain();
  await nextTurn();
  await answer();
  await Promise.all(written);
  assert.deepEqual(batches, [['a'], ['b']]);
});
