import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quantile } from '../../../src/statistics/quantile.ts';

const bounds = [1, 2, 4];

test('the values of a bucket count as evenly spread between its bounds', () => {
  const counts = { bounds, counts: [50, 40, 10, 0], sum: 0 };
  assert.equal(quantile(counts, 0.25), 0.5);
  assert.equal(quantile(counts, 0.5), 1);
  assert.equal(quantile(counts, 0.7), 1.5);
  assert.equal(quantile(counts, 0.95), 3);
  assert.equal(quantile(counts, 1), 4);
});

test('empty buckets are skipped', () => {
  assert.equal(quantile({ bounds, counts: [0, 0, 4, 0], sum: 0 }, 0.5), 3);
});

test('values above the last bound count as the last bound', () => {
  assert.equal(quantile({ bounds, counts: [1, 0, 0, 99], sum: 0 }, 0.99), 4);
});

test('without values there is no quantile', () => {
  assert.equal(quantile({ bounds, counts: [0, 0, 0, 0], sum: 0 }, 0.99), Number.NaN);
});
