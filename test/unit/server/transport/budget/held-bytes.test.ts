import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeldBytes } from '../../../../../src/server/transport/budget/held-bytes.ts';

function account(held: HeldBytes, bytesMax = 1_000) {
  const exceeded: string[] = [];
  const opened = held.open({ bytesMax, onExceeded: () => exceeded.push('exceeded') });
  return { opened, exceeded };
}

test('an account above its own limit is notified at once', () => {
  const { opened, exceeded } = account(new HeldBytes({ bytesMax: 10_000 }), 100);
  opened.add(100);
  assert.equal(exceeded.length, 0);
  opened.add(1);
  assert.equal(exceeded.length, 1);
});

test('above the total limit, the largest account is notified, whichever account added the last byte', () => {
  const held = new HeldBytes({ bytesMax: 1_000 });
  const small = account(held);
  const large = account(held);
  large.opened.add(900);
  small.opened.add(101);
  assert.deepEqual([small.exceeded.length, large.exceeded.length], [0, 1]);
});

test('a closed account releases everything, and later additions do not count', () => {
  const held = new HeldBytes({ bytesMax: 1_000 });
  const { opened, exceeded } = account(held);
  opened.add(600);
  opened.close();
  opened.add(600);
  opened.close();
  assert.deepEqual([held.bytes, opened.bytes, exceeded.length], [0, 0, 0]);
});

test('an account may close during its notification', () => {
  const held = new HeldBytes({ bytesMax: 100 });
  const opened = held.open({ bytesMax: 100, onExceeded: () => opened.close() });
  opened.add(500);
  assert.equal(held.bytes, 0);
});
