import assert from 'node:assert/strict';
import { test } from 'node:test';
import { succeedsWithin, within } from '../../../src/kit/within.ts';

/** Work that never ends. */
function endless(): Promise<never> {
  return new Promise(() => {});
}

test('work in time decides the result, and the late result is not asked for', async () => {
  let lateCalls = 0;
  const onLate = () => {
    lateCalls += 1;
  };
  assert.equal(await within(10, Promise.resolve('done'), onLate), 'done');
  await assert.rejects(within(10, Promise.reject(new Error('failed')), onLate), { message: 'failed' });
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(lateCalls, 0);
});

test('after the time, the result is the late one or the late error', async () => {
  assert.equal(await within(5, endless(), () => 'late'), 'late');
  const fail = () => {
    throw new Error('too late');
  };
  await assert.rejects(within(5, endless(), fail), { message: 'too late' });
});

test('an error of work that is late is ignored', async () => {
  const { promise, reject } = Promise.withResolvers<void>();
  assert.equal(await within(5, promise, () => 'late'), 'late');
  reject(new Error('nobody waits'));
  await new Promise(setImmediate);
});

test('work succeeds within a time, fails, or is late', async () => {
  assert.equal(await succeedsWithin(10, Promise.resolve()), true);
  assert.equal(await succeedsWithin(10, Promise.reject(new Error('failed'))), false);
  assert.equal(await succeedsWithin(5, endless()), false);
});
