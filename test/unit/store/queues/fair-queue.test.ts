import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { EtcdError } from '../../../../src/errors.ts';
import { limits } from '../../../../src/limits.ts';
import { FairQueue, type Queued } from '../../../../src/store/queues/fair-queue.ts';
import { internal, type Requester } from '../../../../src/store/queues/requester.ts';
import { Random } from '../../../parity/random.ts';
import { TestOrigin } from './requesters.ts';

interface Item extends Queued {
  readonly name: string;
}

/** A queue, the events of its items by name, and how often it was ready again. */
function queueOf({ countMax = 100, bytesMax = 1_000, hasLargeReply = true } = {}) {
  const rejected = new Map<string, string | undefined>();
  let readyCount = 0;
  const queue = new FairQueue<Item>({
    countMax,
    bytesMax,
    workOf: ({ bytes }) => bytes,
    hasLargeReply: () => hasLargeReply,
    onReady: () => {
      readyCount += 1;
    },
  });
  const push = (name: string, requester: Requester, bytes = 1) =>
    queue.push({
      name,
      requester,
      bytes,
      reject: (error) => {
        assert.ok(error instanceof EtcdError && !rejected.has(name));
        rejected.set(name, error.entry);
      },
    });
  const takeAll = () => {
    const names: string[] = [];
    for (let item = queue.take(); item !== undefined; item = queue.take()) names.push(item.name);
    return names;
  };
  return { queue, rejected, push, takeAll, readies: () => readyCount };
}

test('items of one origin leave in order, and origins take turns', () => {
  const { push, takeAll } = queueOf();
  const [a, b, c] = [new TestOrigin(), new TestOrigin(), new TestOrigin()];
  for (const name of ['a1', 'a2', 'a3', 'a4']) push(name, a.request());
  for (const name of ['b1', 'b2']) push(name, b.request());
  push('c1', c.request());
  assert.deepEqual(takeAll(), ['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']);
});

test('an origin that arrives later waits for one item of each other origin', () => {
  const { queue, push } = queueOf({ countMax: 10_000, bytesMax: 10_000 });
  const busy = new TestOrigin();
  for (let index = 0; index < 5_000; index += 1) push(`busy ${index}`, busy.request());
  assert.equal(queue.take()?.name, 'busy 0');
  push('other', new TestOrigin().request());
  assert.deepEqual([queue.take()?.name, queue.take()?.name], ['busy 1', 'other']);
});

test('a full queue refuses the newest item of the origin with the most items', () => {
  const { queue, push, rejected, takeAll } = queueOf({ countMax: 5 });
  const [large, small] = [new TestOrigin(), new TestOrigin()];
  for (const name of ['l1', 'l2', 'l3', 'l4']) push(name, large.request());
  push('s1', small.request());
  push('s2', small.request());
  assert.deepEqual([...rejected], [['l4', 'tooManyRequests']]);
  push('l5', large.request());
  assert.deepEqual([...rejected.keys()], ['l4', 'l5']);
  assert.deepEqual(queue.statistics, { waiting: 5, refused: 2, dropped: 0 });
  assert.deepEqual(takeAll(), ['l1', 's1', 'l2', 's2', 'l3']);
});

test('the limit in bytes refuses a few large items before many small ones', () => {
  const { queue, push, rejected } = queueOf({ countMax: 100, bytesMax: 1_000 });
  const [large, small] = [new TestOrigin(), new TestOrigin()];
  for (const name of ['l1', 'l2', 'l3']) push(name, large.request(), 300);
  for (let index = 0; index < 10; index += 1) push(`s${index}`, small.request(), 10);
  assert.equal(queue.bytes, 1_000);
  push('s10', small.request(), 10);
  assert.deepEqual([...rejected.keys()], ['l3']);
  push('too large', small.request(), 1_001);
  assert.equal(rejected.get('too large'), 'tooManyRequests');
  assert.equal(queue.bytes, 300 * 2 + 10 * 11);
});

test("the server's own work is not refused when clients fill the queue", () => {
  const { push, rejected, takeAll } = queueOf({ countMax: 3 });
  const client = new TestOrigin();
  for (const name of ['c1', 'c2', 'c3']) push(name, client.request());
  push('own', internal);
  assert.deepEqual([...rejected.keys()], ['c3']);
  assert.deepEqual(takeAll(), ['c1', 'own', 'c2']);
  for (const name of ['1', '2', '3', '4']) push(name, internal);
  assert.deepEqual([...rejected.keys()], ['c3', '4']);
});

test('a cancelled item is dropped at its turn, or earlier if the queue is full', () => {
  const { queue, push, rejected, takeAll } = queueOf({ countMax: 4 });
  const origin = new TestOrigin();
  const requests = ['1', '2', '3', '4'].map((name) => {
    const request = origin.request();
    push(name, request);
    return request;
  });
  for (const index of [0, 2, 3]) (requests[index] as { isGone: boolean }).isGone = true;
  push('5', new TestOrigin().request());
  assert.deepEqual([...rejected], [['4', 'canceled']]);
  assert.deepEqual(takeAll(), ['2', '5']);
  assert.deepEqual([...rejected.keys()], ['4', '1', '3']);
  assert.deepEqual(queue.statistics, { waiting: 0, refused: 0, dropped: 3 });
});

test('many cancelled items are dropped over several turns of the event loop', async () => {
  const { queue, push, readies } = queueOf({ countMax: 10_000, bytesMax: 10_000 });
  const origin = new TestOrigin();
  const count = limits.droppedPerTurnMax * 2;
  const requesters = Array.from({ length: count }, () => origin.request());
  for (const [index, requester] of requesters.entries()) push(String(index), requester);
  push('wanted', origin.request());
  for (const requester of requesters) requester.isGone = true;
  assert.equal(queue.take(), undefined);
  assert.equal(queue.length, count + 1 - limits.droppedPerTurnMax);
  await nextTurn();
  assert.equal(readies(), 1);
  assert.equal(queue.take(), undefined);
  assert.equal(queue.take()?.name, 'wanted');
});

test('cancelled items do not accumulate while their origin is backed up', () => {
  const { queue, push, rejected } = queueOf();
  const origin = new TestOrigin();
  origin.isBackedUp = true;
  for (let index = 0; index < 50; index += 1) {
    const requester = origin.request();
    push(String(index), requester);
    assert.equal(queue.take(), undefined);
    requester.isGone = true;
  }
  assert.deepEqual([queue.length, rejected.size], [1, 49]);
});

test('a backed-up origin is skipped until it is drained', () => {
  const { queue, push, takeAll, readies } = queueOf();
  const [slow, quick] = [new TestOrigin(), new TestOrigin()];
  for (const name of ['s1', 's2']) push(name, slow.request());
  for (const name of ['q1', 'q2']) push(name, quick.request());
  slow.isBackedUp = true;
  assert.deepEqual(takeAll(), ['q1', 'q2']);
  push('s3', slow.request());
  assert.deepEqual(takeAll(), []);
  assert.equal(queue.length, 3);
  assert.equal(readies(), 0);
  slow.drain();
  assert.equal(readies(), 1);
  assert.deepEqual(takeAll(), ['s1', 's2', 's3']);
});

test('an origin can be backed up, lose all its items and be drained', () => {
  const { push, rejected, takeAll } = queueOf({ countMax: 2 });
  const slow = new TestOrigin();
  slow.isBackedUp = true;
  push('s1', slow.request());
  assert.deepEqual(takeAll(), []);
  push('own 1', internal);
  push('own 2', internal);
  assert.deepEqual([...rejected.keys()], ['s1']);
  slow.drain();
  push('own 3', internal);
  push('s2', slow.request());
  assert.deepEqual(takeAll(), ['own 1', 'own 2']);
  push('s3', slow.request());
  assert.deepEqual(takeAll(), ['s3']);
});

test('items with small replies are taken although their origin is backed up', () => {
  const { push, takeAll } = queueOf({ hasLargeReply: false });
  const slow = new TestOrigin();
  slow.isBackedUp = true;
  push('s1', slow.request());
  assert.deepEqual(takeAll(), ['s1']);
});

test('an item too large for the remaining space keeps its turn, and fitting items of other origins pass it', () => {
  const { queue, push, takeAll } = queueOf();
  const [a, b, c] = [new TestOrigin(), new TestOrigin(), new TestOrigin()];
  push('a1', a.request(), 50);
  push('a2', a.request(), 1);
  push('b1', b.request(), 60);
  push('c1', c.request(), 5);
  push('c2', c.request(), 5);
  assert.deepEqual([queue.take(10)?.name, queue.take(4)], ['c1', undefined]);
  assert.deepEqual(takeAll(), ['a1', 'b1', 'c2', 'a2']);
});

test('only a few origins are skipped for one item', () => {
  const { queue, push } = queueOf({ bytesMax: 100_000 });
  const served = new TestOrigin();
  push('earlier', served.request(), 1_000);
  assert.equal(queue.take()?.name, 'earlier');
  queue.settle({ name: 'earlier', requester: served.request(), bytes: 0, work: 0, reject: () => {} }, 1_000);
  for (let index = 0; index < 100; index += 1) push(`large ${index}`, new TestOrigin().request(), 50);
  push('small', served.request(), 1);
  assert.equal(queue.take(10), undefined);
  assert.equal(queue.take()?.name, 'large 0');
});

test('an item of little work does not wait for items of much work, and each origin gets the same work', () => {
  const { queue, push } = queueOf({ countMax: 10_000, bytesMax: 10 ** 9 });
  const [light, ...heavy] = Array.from({ length: 101 }, () => new TestOrigin()) as [TestOrigin, ...TestOrigin[]];
  for (const origin of heavy) for (const turn of [1, 2]) push(`heavy ${turn}`, origin.request(), 1_000_000);
  const order: string[] = [];
  for (let taken = 0; taken < 90; taken += 1) {
    push('light', light.request(), 1_000);
    order.push(...[queue.take(), queue.take()].map((item) => item?.name ?? ''));
  }
  assert.deepEqual(order, Array.from({ length: 90 }, () => ['light', 'heavy 1']).flat());
  // 1,000 more are as much as several heavy ones.
  for (let index = 0; index < 1_000; index += 1) push('light', light.request(), 1_000);
  const next = Array.from({ length: 1_000 }, () => queue.take()?.name);
  assert.ok(next.filter((name) => name?.startsWith('heavy')).length >= 10);
});

test('an origin is charged for work that was not expected, and not for an item that it gets back', () => {
  const { queue, push } = queueOf({ countMax: 10_000, bytesMax: 10 ** 9 });
  const [one, other] = [new TestOrigin(), new TestOrigin()];
  for (const name of ['one 1', 'one 2']) push(name, one.request());
  const expensive = queue.take();
  assert.ok(expensive?.name === 'one 1');
  queue.settle(expensive, 1_000_000);
  for (let index = 1; index <= 100; index += 1) push(`other ${index}`, other.request());
  for (let index = 1; index <= 100; index += 1) assert.equal(queue.take()?.name, `other ${index}`);
  const late = queue.take();
  assert.ok(late?.name === 'one 2');
  push('newcomer', new TestOrigin().request());
  queue.putBack(late);
  assert.deepEqual([queue.take()?.name, queue.take()?.name], ['one 2', 'newcomer']);
});

test('an origin whose items come back keeps its turn although it has no other item', () => {
  const { queue, push } = queueOf();
  const [one, other] = [new TestOrigin(), new TestOrigin()];
  for (const name of ['a1', 'a2', 'a3']) push(name, one.request());
  push('b1', other.request());
  const taken = [queue.take(), queue.take(), queue.take()];
  assert.deepEqual(
    taken.map((item) => item?.name),
    ['a1', 'b1', 'a2'],
  );
  for (const item of taken.slice(1).reverse()) queue.putBack(item as Item);
  assert.deepEqual([queue.take()?.name, queue.take()?.name], ['b1', 'a2']);
});

test('origins that come and go do not keep another one waiting', () => {
  const { queue, push } = queueOf();
  const busy = new TestOrigin();
  for (const name of ['1', '2', '3']) push(name, busy.request());
  let waits = 0;
  for (let served = 0; served < 3; ) {
    push('newcomer', new TestOrigin().request());
    if (queue.take()?.name === 'newcomer') waits += 1;
    else served += 1;
  }
  assert.ok(waits <= 6, `${waits} newcomers were served before three items`);
});

const seed = Number(process.env.TINE_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));

test(`random pushes, takes and drains agree with a simple model (TINE_TEST_SEED=${seed})`, () => {
  const random = new Random(seed);
  const { queue, push, rejected } = queueOf({ countMax: 20, bytesMax: 20 });
  const origins = [1, 2, 3, 4].map(() => new TestOrigin());
  const held: { readonly name: string; readonly origin: TestOrigin }[][] = origins.map(() => []);
  for (let step = 0; step < 20_000; step += 1) {
    const chosen = random.below(origins.length);
    const origin = origins[chosen] as TestOrigin;
    switch (random.below(5)) {
      case 0:
        origin.isBackedUp = true;
        break;
      case 1:
        origin.drain();
        break;
      case 2: {
        const item = queue.take();
        const takeable = held.filter((items) => items.length > 0 && !items[0]?.origin.isBackedUp);
        if (item === undefined) {
          assert.equal(takeable.length, 0);
          break;
        }
        const from = held.find((items) => items[0]?.name === item.name);
        assert.ok(from !== undefined && takeable.includes(from), 'the first of an origin that reads');
        from.shift();
        break;
      }
      default: {
        const name = String(step);
        held[chosen]?.push({ name, origin });
        push(name, origin.request());
        const most = Math.max(...held.map(({ length }) => length));
        const refused = held.find((items) => rejected.has(items.at(-1)?.name ?? ''));
        assert.equal(refused !== undefined, held.reduce((sum, { length }) => sum + length, 0) > 20);
        if (refused === undefined) break;
        assert.equal(refused.length, most);
        refused.pop();
      }
    }
    assert.equal(
      queue.length,
      held.reduce((sum, { length }) => sum + length, 0),
    );
  }
});
