import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LatestAnswer } from '../../../src/statistics/latest-answer.ts';

test('a reply that arrives in time is fresh', async () => {
  const latest = new LatestAnswer({ ask: async () => 7, initial: 0, waitMsMax: 1_000 });
  assert.deepEqual(await latest.get(), { answer: 7, isFresh: true });
});

test('during a slow query the previous reply is returned and the query is not repeated', async () => {
  const answers = [Promise.resolve(1), new Promise<number>(() => undefined)];
  let asked = 0;
  const ask = () => answers[asked++] ?? Promise.reject(new Error('asked once too often'));
  const latest = new LatestAnswer({ ask, initial: 0, waitMsMax: 20 });
  assert.deepEqual(await latest.get(), { answer: 1, isFresh: true });
  assert.deepEqual(await latest.get(), { answer: 1, isFresh: false });
  assert.deepEqual(await latest.get(), { answer: 1, isFresh: false });
  assert.equal(asked, 2);
});

test('a failed query keeps the previous reply, and the next call repeats the query', async () => {
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
