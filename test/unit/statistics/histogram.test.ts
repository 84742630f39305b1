import assert from 'node:assert/strict';
import { test } from 'node:test';
import { doublingBounds, Histogram } from '../../../src/statistics/histogram.ts';

test('a value is counted in the first bucket whose bound it does not exceed', () => {
  const histogram = new Histogram([1, 2, 4]);
  for (const value of [0, 1, 1.5, 2, 4, 4.1, 1_000]) histogram.observe(value);
  assert.deepEqual(histogram.counts, [2, 2, 1, 2]);
  assert.equal(histogram.sum, 1_012.6);
});

test('each bound is twice the previous one', () => {
  assert.deepEqual(doublingBounds(0.25, 4), [0.25, 0.5, 1, 2]);
});
