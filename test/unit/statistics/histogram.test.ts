import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countedBetween, doublingBounds, Histogram, valueCount } from '../../../src/statistics/histogram.ts';

test('a value is counted in the first bucket whose bound it does not exceed', () => {
  const histogram = new Histogram([1, 2, 4]);
  for (const value of [0, 1, 1.5, 2, 4, 4.1, 1_000]) histogram.observe(value);
  assert.deepEqual(histogram.counts, [2, 2, 1, 2]);
  assert.equal(histogram.sum, 1_012.6);
});

test('each bound is twice the previous one', () => {
  assert.deepEqual(doublingBounds(0.25, 4), [0.25, 0.5, 1, 2]);
});

test('the difference of two snapshots is what was counted in between', () => {
  const histogram = new Histogram([1, 2]);
  histogram.observe(0.5);
  const earlier = histogram.snapshot();
  for (const value of [1.5, 1.5, 9]) histogram.observe(value);
  const between = countedBetween(earlier, histogram.snapshot());
  assert.deepEqual(between, { bounds: [1, 2], counts: [0, 2, 1], sum: 12 });
  assert.equal(valueCount(between), 3);
});

test('a histogram that began again counts as it is', () => {
  const earlier = new Histogram([1]);
  for (let count = 0; count < 5; count += 1) earlier.observe(0.5);
  const later = new Histogram([1]);
  later.observe(0.25);
  assert.deepEqual(countedBetween(earlier, later).counts, [1, 0]);
  assert.equal(countedBetween(earlier, later).sum, 0.25);
});
