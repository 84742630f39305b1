import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { EtcdError } from '../../../../src/errors.ts';
import { OriginSlots } from '../../../../src/store/queues/origin-slots.ts';
import type { Requester } from '../../../../src/store/queues/requester.ts';
import { TestOrigin } from './requesters.ts';

/** Slots, two for each origin, and the requests that have started in them. */
function recorded({ waitingCountMax = 100, cancelledPauseMs = 0 } = {}) {
  const slots = new OriginSlots({ underWayMax: () => 2, waitingCountMax, waitingBytesMax: 1_000, cancelledPauseMs });
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const run = (name: string, requester: Requester) =>
    slots.run(requester, 1, () => {
      begun.push(name);
      return new Promise<void>((resolve) => ends.set(name, resolve));
    });
  const end = async (name: string) => {
    ends.get(name)?.();
    await nextTurn();
  };
  return { slots, run, end, begun };
}

test('an origin has a limited number of running tasks, the rest start in order, and other origins do not wait', async () => {
  const { run, end, begun, slots } = recorded();
  const [busy, other] = [new TestOrigin(), new TestOrigin()];
  const works = ['a', 'b', 'c', 'd'].map((name) => run(name, busy.request()));
  works.push(run('other', other.request()));
  await nextTurn();
  assert.deepEqual(begun, ['a', 'b', 'other']);
  assert.equal(slots.statistics.waiting, 2);
  await end('b');
  assert.deepEqual(begun, ['a', 'b', 'other', 'c']);
  for (const name of ['a', 'c', 'd', 'other']) await end(name);
  await Promise.all(works);
  assert.deepEqual(begun, ['a', 'b', 'other', 'c', 'd']);
});

test('work cancelled before it starts is not done, and failed work frees its slot', async () => {
  const { slots, run, end, begun } = recorded();
  const origin = new TestOrigin();
  const failed = assert.rejects(
    slots.run(origin.request(), 1, () => Promise.reject(new Error('no'))),
    /no/,
  );
  const first = run('first', origin.request());
  const givenUp = origin.request();
  const lost = assert.rejects(
    run('lost', givenUp),
    (error) => error instanceof EtcdError && error.entry === 'canceled',
  );
  const last = run('last', origin.request());
  givenUp.isGone = true;
  await Promise.all([failed, lost]);
  await nextTurn();
  assert.deepEqual(begun, ['first', 'last']);
  await end('first');
  await end('last');
  await Promise.all([first, last]);
});

test('work cancelled after it starts keeps its slot for a pause', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { run, end, begun } = recorded({ cancelledPauseMs: 1_000 });
  const [busy, other] = [new TestOrigin(), new TestOrigin()];
  const givenUp = [busy.request(), busy.request()];
  const works = givenUp.map((requester, index) => run(`given up ${index}`, requester));
  works.push(run('next', busy.request()));
  for (const requester of givenUp) requester.isGone = true;
  await end('given up 0');
  await end('given up 1');
  works.push(run('other', other.request()));
  context.mock.timers.tick(999);
  await nextTurn();
  assert.deepEqual(begun, ['given up 0', 'given up 1', 'other']);
  context.mock.timers.tick(1);
  await nextTurn();
  assert.deepEqual(begun, ['given up 0', 'given up 1', 'other', 'next']);
  for (const name of ['next', 'other']) await end(name);
  await Promise.all(works);
});

test('work beyond the limit of the queue is refused', async () => {
  const { run, end, begun } = recorded({ waitingCountMax: 1 });
  const origin = new TestOrigin();
  const works = ['a', 'b', 'c'].map((name) => run(name, origin.request()));
  await assert.rejects(run('d', origin.request()), (error) => {
    return error instanceof EtcdError && error.entry === 'tooManyRequests';
  });
  for (const name of ['a', 'b', 'c']) await end(name);
  await Promise.all(works);
  assert.deepEqual(begun, ['a', 'b', 'c']);
});
