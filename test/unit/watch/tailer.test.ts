import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { allKeys, requested, settle, watching } from './watching.ts';

test('calls that wait for the same read of events share an answer', async (context) => {
  const under = watching(context);
  under.open().session.create(requested(allKeys), 0n);
  await settle();
  under.source.isAway = true;
  under.source.commit([{ key: 'a', value: '1' }], { isSeen: false });
  const first = under.hub.catchUp();
  await settle();
  const calls = Array.from({ length: 1_000 }, () => under.hub.catchUp());
  assert.equal(new Set(calls).size, 1);
  under.source.isAway = false;
  assert.deepEqual(await Promise.all([first, ...calls]), new Array(1_001).fill(2));
});

test('a call during a read waits for the next read', async (context) => {
  const under = watching(context);
  under.open().session.create(requested(allKeys), 0n);
  await settle();
  under.source.latencyTurns = () => 5;
  const first = under.hub.catchUp();
  // The read has taken its snapshot, and its reply is on its way.
  for (let turn = 0; turn < 8; turn += 1) await nextTurn();
  under.source.commit([{ key: 'a', value: '1' }], { isSeen: false });
  const second = under.hub.catchUp();
  assert.notEqual(first, second);
  assert.equal(await first, 1);
  assert.equal(await second, 2);
});
