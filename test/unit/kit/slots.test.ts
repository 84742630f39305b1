import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Slots } from '../../../src/kit/slots.ts';

/** Work that ends when the test calls `end` or `fail`. */
function openWork(slots: Slots, log: string[], name: string, signal?: AbortSignal) {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const work = () => {
    log.push(name);
    return promise;
  };
  return { end: resolve, fail: reject, result: slots.run(work, signal) };
}

test('work beyond the slots waits and starts in order, also after work that failed', async () => {
  const slots = new Slots({ countMax: 2 });
  const log: string[] = [];
  const works = ['a', 'b', 'c', 'd'].map((name) => openWork(slots, log, name));
  assert.deepEqual([log.join(), slots.waitingCount], ['a,b', 2]);
  works[1]?.fail(new Error('failed'));
  await assert.rejects(works[1]?.result ?? Promise.resolve(), { message: 'failed' });
  assert.deepEqual([log.join(), slots.waitingCount], ['a,b,c', 1]);
  for (const { end } of works) end();
  await Promise.all([works[0], works[2], works[3]].map((work) => work?.result));
  assert.deepEqual([log.join(), slots.waitingCount], ['a,b,c,d', 0]);
  await slots.run(async () => {});
});

test('work beyond the waiting bound is refused', async () => {
  const slots = new Slots({ countMax: 1, waitingMax: 1 });
  const log: string[] = [];
  const first = openWork(slots, log, 'a');
  const second = openWork(slots, log, 'b');
  await assert.rejects(openWork(slots, log, 'c').result, { entry: 'tooManyRequests' });
  first.end();
  second.end();
  await Promise.all([first.result, second.result]);
  assert.equal(log.join(), 'a,b');
});

test('cancelled work does not run, and its place is free again', async () => {
  const slots = new Slots({ countMax: 1, waitingMax: 1 });
  const log: string[] = [];
  const cancel = new AbortController();
  const first = openWork(slots, log, 'a');
  const cancelled = openWork(slots, log, 'b', cancel.signal);
  cancel.abort();
  await assert.rejects(cancelled.result, { entry: 'canceled' });
  await assert.rejects(openWork(slots, log, 'c', cancel.signal).result, { entry: 'canceled' });
  const last = openWork(slots, log, 'd');
  first.end();
  last.end();
  await Promise.all([first.result, last.result]);
  assert.equal(log.join(), 'a,d');
});
