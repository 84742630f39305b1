import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paced } from '../../../src/statistics/paced.ts';
import { TimedWork } from '../../../src/statistics/timed-work.ts';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('a query is repeated when its interval is over', async () => {
  let asked = 0;
  const ask = paced(async () => ++asked, { intervalMsMin: 60, pauseFactor: 1 });
  assert.deepEqual([await ask(), await ask()], [1, 1]);
  await sleep(70);
  assert.equal(await ask(), 2);
});

test('a slow query is repeated less often', async () => {
  let asked = 0;
  const slow = async () => {
    await sleep(30);
    return ++asked;
  };
  const ask = paced(slow, { intervalMsMin: 1, pauseFactor: 20 });
  assert.equal(await ask(), 1);
  await sleep(100);
  assert.equal(await ask(), 1);
});

test('work is counted while it runs, and its time when it is done', async () => {
  const timed = new TimedWork([1_000]);
  const work = timed.run(() => sleep(5));
  assert.equal(timed.underWay, 1);
  await work;
  assert.deepEqual([timed.underWay, timed.ms.counts], [0, [1, 0]]);
  await assert.rejects(timed.run(() => Promise.reject(new Error('failed'))));
  assert.deepEqual([timed.underWay, timed.ms.counts], [0, [1, 0]]);
});
