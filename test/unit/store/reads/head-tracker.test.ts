import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Driver } from '../../../../src/drivers/driver.ts';
import type { Head } from '../../../../src/mvcc/results.ts';
import { HeadTracker } from '../../../../src/store/reads/head-tracker.ts';
import { ObservedReads } from '../../../../src/store/reads/observed-reads.ts';

function at(id: number, { revision = id, compactRevision = -1, authState = 2 } = {}): Head {
  return { id, revision, compactRevision, authState };
}

function tracking() {
  const heads = new HeadTracker();
  const seen: number[] = [];
  const rewinds: [from: number, to: number][] = [];
  heads.onHead(({ id }) => seen.push(id));
  heads.onRewind(({ from, to }) => rewinds.push([from.id, to.id]));
  const answer = (head: Head) => heads.observe({ head }, heads.known);
  return { heads, seen, rewinds, answer };
}

test('a lower head of a read that began before the higher head was known changes nothing', () => {
  const { heads, seen, rewinds, answer } = tracking();
  answer(at(3));
  const { known } = heads;
  answer(at(5));
  heads.observe({ head: at(4) }, known);
  assert.deepEqual([heads.latest.id, seen, rewinds], [5, [3, 5], []]);
});

test('a lower head of a read that began after the higher head was known moves the head back, with its mark and its state of auth', () => {
  const { heads, seen, rewinds, answer } = tracking();
  answer(at(9, { compactRevision: 8, authState: 7 }));
  answer(at(4, { compactRevision: 2, authState: 3 }));
  assert.deepEqual(heads.latest, at(4, { compactRevision: 2, authState: 3 }));
  assert.deepEqual([seen, rewinds, heads.known.rewinds], [[9], [[9, 4]], 1]);
  answer(at(5));
  assert.deepEqual([heads.latest.id, seen, rewinds.length], [5, [9, 5], 1]);
});

test('the same id at another revision is a rewind', () => {
  const { rewinds, answer } = tracking();
  answer(at(9));
  answer(at(9, { revision: 8 }));
  assert.deepEqual(rewinds, [[9, 9]]);
});

test('a batch that began at a lower id is a rewind, however many rows it wrote', () => {
  const { heads, rewinds, answer } = tracking();
  answer(at(9));
  heads.observe({ head: at(12), opened: { id: 9, revision: 9 } }, heads.known);
  assert.deepEqual([heads.latest.id, rewinds], [12, []]);
  heads.observe({ head: at(20), opened: { id: 5, revision: 5 } }, heads.known);
  assert.deepEqual([heads.latest.id, rewinds], [20, [[12, 20]]]);
});

test('an answer of a read that began before a rewind is ignored', () => {
  const { heads, rewinds, answer } = tracking();
  answer(at(9));
  const { known } = heads;
  answer(at(4));
  heads.observe({ head: at(10) }, known);
  assert.equal(heads.isCurrent(known), false);
  assert.deepEqual([heads.latest.id, rewinds], [4, [[9, 4]]]);
});

test('a read during which the database was rewound is repeated', async () => {
  const heads = new HeadTracker();
  const answers = [at(9), at(9), at(4), at(4)];
  const waiting: (() => void)[] = [];
  const driver = {
    read: (_name: string) => {
      const head = answers.shift();
      return new Promise((resolve) => waiting.push(() => resolve({ head })));
    },
  } as unknown as Driver;
  const reads = new ObservedReads(driver, { heads, observe: (answer, known) => heads.observe(answer, known) });
  const alarms = async () => (await reads.read('alarms', null, 'quick')).head.id;
  const first = alarms();
  waiting.shift()?.();
  assert.equal(await first, 9);
  const crossing = alarms();
  const proof = alarms();
  waiting.pop()?.();
  assert.equal(await proof, 4);
  waiting.shift()?.();
  await nextTurn();
  waiting.shift()?.();
  assert.equal(await crossing, 4);
  assert.equal(heads.known.rewinds, 1);
});
