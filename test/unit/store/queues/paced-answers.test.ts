import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { limits } from '../../../../src/limits.ts';
import { PacedAnswers } from '../../../../src/store/queues/paced-answers.ts';
import { TestOrigin } from './requesters.ts';

/** Replies that record when they were computed. */
function recorded() {
  const found: string[] = [];
  const paced = new PacedAnswers();
  const ask = (name: string, requester: TestOrigin, bytes: number = limits.memoryAnswerBytesPerTurn) =>
    paced.find(
      () => {
        found.push(name);
        return name;
      },
      { requester: { origin: requester, isGone: false }, keyBytes: 0, bytesOf: () => bytes },
    );
  return { found, paced, ask };
}

test('small replies are computed at once', async () => {
  const { found, ask } = recorded();
  const answers = Array.from({ length: 100 }, (_, index) => ask(`${index}`, new TestOrigin(), 1));
  assert.equal(found.length, 100);
  assert.equal((await Promise.all(answers))[99], '99');
});

test('one large reply is computed per turn of the event loop, and connections take turns', async () => {
  const { found, ask } = recorded();
  const [one, other] = [new TestOrigin(), new TestOrigin()];
  const answers = [ask('one 1', one), ask('one 2', one), ask('one 3', one), ask('other 1', other)];
  const perTurn: number[] = [];
  for (let turn = 0; turn < 4; turn += 1) {
    perTurn.push(found.length);
    await nextTurn();
  }
  await Promise.all(answers);
  assert.deepEqual(perTurn, [1, 2, 3, 4]);
  assert.deepEqual(found, ['one 1', 'one 2', 'other 1', 'one 3']);
});

test('a client that does not read its replies gets no more until it reads', async () => {
  const { found, paced, ask } = recorded();
  const slow = new TestOrigin();
  slow.isBackedUp = true;
  const answer = ask('slow', slow);
  await ask('other', new TestOrigin());
  await nextTurn();
  assert.deepEqual(found, ['other']);
  assert.equal(paced.statistics.waiting, 1);
  slow.drain();
  assert.equal(await answer, 'slow');
});

test('a reply that cannot be computed fails alone', async () => {
  const { ask, paced } = recorded();
  const options = { requester: { origin: new TestOrigin(), isGone: false }, keyBytes: 0, bytesOf: () => 0 };
  const failed = paced.find(() => {
    throw new Error('broken');
  }, options);
  await assert.rejects(failed, /broken/);
  assert.equal(await ask('next', new TestOrigin()), 'next');
});
