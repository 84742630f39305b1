import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SlowDiskDetector } from '../../../../../src/drivers/sqlite/event-loop/slow-disk-detector.ts';
import { limits } from '../../../../../src/limits.ts';

function detectorAt(): { detector: SlowDiskDetector; pass(ms: number): void } {
  let nowMs = 1_000;
  return {
    detector: new SlowDiskDetector(() => nowMs),
    pass: (ms) => {
      nowMs += ms;
    },
  };
}

test('work is expected to be fast until its average is slow', () => {
  const { detector } = detectorAt();
  for (let count = 0; count < 100; count += 1) detector.observe(limits.slowDiskMs - 1);
  assert.equal(detector.isFast, true);
  for (let count = 0; count < 20; count += 1) detector.observe(limits.slowDiskMs * 2);
  assert.equal(detector.isFast, false);
});

test('one very slow sync is enough to expect slow work', () => {
  const { detector } = detectorAt();
  detector.observe(limits.slowDiskMs * 10);
  assert.equal(detector.isFast, false);
});

test('the pause doubles while attempts stay slow, up to a limit', () => {
  const { detector, pass } = detectorAt();
  let pauseMs: number = limits.slowDiskPauseMsMin;
  for (let attempt = 0; attempt < 10; attempt += 1) {
    detector.observe(1_000);
    pass(pauseMs - 1);
    assert.equal(detector.isFast, false, `attempt ${attempt}`);
    pass(1);
    assert.equal(detector.isFast, true, `attempt ${attempt}`);
    pauseMs = Math.min(pauseMs * 2, limits.slowDiskPauseMsMax);
  }
});

test('after fast work for long enough the pause is short again', () => {
  const { detector, pass } = detectorAt();
  for (let attempt = 0; attempt < 10; attempt += 1) {
    detector.observe(1_000);
    pass(limits.slowDiskPauseMsMax);
  }
  for (let second = 0; second < 600; second += 1) {
    pass(1_000);
    detector.observe(0.2);
  }
  detector.observe(1_000);
  pass(limits.slowDiskPauseMsMin);
  assert.equal(detector.isFast, true);
});
