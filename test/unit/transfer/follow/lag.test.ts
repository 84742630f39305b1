import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lag } from '../../../../src/transfer/follow/lag.ts';

test('the lag is the age of the oldest revision of the source that the target does not have', () => {
  const lag = new Lag();
  assert.equal(lag.seconds(10, { revision: 10, atMs: 0 }), 0);
  assert.equal(lag.seconds(20, { revision: 10, atMs: 1_000 }), 0);
  assert.equal(lag.seconds(30, { revision: 15, atMs: 3_000 }), 2);
  assert.equal(lag.seconds(40, { revision: 20, atMs: 5_000 }), 2);
  assert.equal(lag.seconds(40, { revision: 40, atMs: 6_000 }), 0);
});

test('a lag of hours is measured with a bounded number of revisions', () => {
  const lag = new Lag();
  for (let second = 0; second < 10_000; second += 1) lag.seconds(second + 1, { revision: 0, atMs: second * 1_000 });
  assert.equal(lag.seconds(10_001, { revision: 0, atMs: 10_000_000 }), 10_000);
  const seconds = lag.seconds(10_002, { revision: 5_000, atMs: 10_001_000 });
  // A tenth is lost, because old revisions are thinned out most often.
  assert.ok(seconds > 4_000 && seconds <= 5_001, `${seconds}`);
});
