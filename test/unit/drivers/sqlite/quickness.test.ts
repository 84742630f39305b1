import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Quickness } from '../../../../src/drivers/sqlite/quickness.ts';
import { limits } from '../../../../src/limits.ts';

function quicknessAt(): { quickness: Quickness; pass(ms: number): void } {
  let nowMs = 1_000;
  return {
    quickness: new Quickness(() => nowMs),
    pass: (ms) => {
      nowMs += ms;
    },
  };
}

test('work is expected to be fast until its average is slow', () => {
  const { quickness } = quicknessAt();
  for (let count = 0; count < 100; count += 1) quickness.took(limits.slowDiskMs - 1);
  assert.equal(quickness.isExpected, true);
  for (let count = 0; count < 20; count += 1) quickness.took(limits.slowDiskMs * 2);
  assert.equal(quickness.isExpected, false);
});

test('one very slow sync is enough to expect slow work', () => {
  const { quickness } = quicknessAt();
  quickness.took(limits.slowDiskMs * 10);
  assert.equal(quickness.isExpected, false);
});

test('the pause doubles while attempts stay slow, up to a limit', () => {
  const { quickness, pass } = quicknessAt();
  let pauseMs: number = limits.slowDiskPauseMsMin;
  for (let attempt = 0; attempt < 10; attempt += 1) {
    quickness.took(1_000);
    pass(pauseMs - 1);
    assert.equal(quickness.isExpected, false, `attempt ${attempt}`);
    pass(1);
    assert.equal(quickness.isExpected, true, `attempt ${attempt}`);
    pauseMs = Math.min(pauseMs * 2, limits.slowDiskPauseMsMax);
  }
});

test('after fast work for long enough the pause is short again', () => {
  const { quickness, pass } = quicknessAt();
  for (let attempt = 0; attempt < 10; attempt += 1) {
    quickness.took(1_000);
    pass(limits.slowDiskPauseMsMax);
  }
  for (let second = 0; second < 600; second += 1) {
    pass(1_000);
    quickness.took(0.2);
  }
  quickness.took(1_000);
  pass(limits.slowDiskPauseMsMin);
  assert.equal(quickness.isExpected, true);
});
