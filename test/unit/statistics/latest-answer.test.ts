import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LatestAnswer } from '../../../src/statistics/latest-answer.ts';

test('an answer that comes in time is fresh', async () => {
  const latest = new LatestAnswer({ ask: async () => 7, initial: 0, waitMsMax: 1_000 });
  assert.deepEqual(await latest.get(), { answer: 7, isFresh: true });
});

test('who asks while the answer takes long is given the one before, and the question is not asked again', async () => {
  const answers = [Promise.resolve(1), new Promise<number>(() => undefined)];
  let asked = 0;
  const ask = () => answers[asked++] ?? Promise.reject(new Error('asked once too often'));
  const latest = new LatestAnswer({ ask, initial: 0, waitMsMax: 20 });
  assert.deepEqual(await latest.get(), { answer: 1, isFresh: true });
  assert.deepEqual(await latest.get(), { answer: 1, isFresh: false });
  assert.deepEqual(await latest.get(), { answer: 1, isFresh: false });
  assert.equal(asked, 2);
});

test('a question that fails leaves the answer before, and is asked again the next time', async () => {
  let isAway = true;
  const ask = async () => {
    if (isAway) throw new Error('away');
    return 3;
  };
  const latest = new LatestAnswer({ ask, initial: 0, waitMsMax: 1_000 });
  assert.deepEqual(await latest.get(), { answer: 0, isFresh: false });
  isAway = false;
  assert.deepEqual(await latest.get(), { answer: 3, isFresh: true });
});
