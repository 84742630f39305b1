import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { limits } from '../../../../src/limits.ts';
import { sharedRead } from '../../../../src/store/queues/shared-read.ts';
import { TestOrigin } from './requesters.ts';

test('requests share a read, and a request that comes while reads are under way gets a later one', async () => {
  const reads: (() => void)[] = [];
  const shared = sharedRead(() => new Promise<number>((resolve) => reads.push(() => resolve(reads.length))));
  const ask = () => shared.read(null, new TestOrigin().request());
  const first = [ask(), ask(), ask()];
  await turn();
  assert.equal(reads.length, 1, 'three requests, one read');
  while (reads.length < limits.readBatchesUnderWayMax) {
    void ask();
    await turn();
  }
  const late = [ask(), ask()];
  await turn();
  assert.equal(reads.length, limits.readBatchesUnderWayMax, 'the late ones wait');
  reads[0]?.();
  assert.deepEqual(await Promise.all(first), [2, 2, 2]);
  await turn();
  assert.equal(reads.length, limits.readBatchesUnderWayMax + 1, 'their read begins after they came');
  reads.at(-1)?.();
  assert.deepEqual(await Promise.all(late), [3, 3]);
});

test('a read that fails fails for all that share it, and the next request reads again', async () => {
  let isBroken = true;
  const shared = sharedRead(async () => {
    if (isBroken) throw new Error('no answer');
    return 'found';
  });
  const ask = () => shared.read(null, new TestOrigin().request());
  const outcomes = await Promise.allSettled([ask(), ask()]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  isBroken = false;
  assert.equal(await ask(), 'found');
});
