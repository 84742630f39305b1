import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figureOf, ratioTo } from '../../../bench/load/figure.ts';

const base = { errorCount: 0, firstError: undefined };

test('the samples of all threads are combined, from the first start to the last end', () => {
  const figure = figureOf([
    { ...base, latencies: Float64Array.of(1, 2, 3), start: 1000, end: 2500 },
    { ...base, latencies: Float64Array.of(10), start: 1100, end: 3000, errorCount: 1, firstError: 'refused' },
  ]);
  assert.deepEqual(figure, {
    operationCount: 4,
    operationsPerSecond: 2,
    p50: 3,
    p99: 10,
    max: 10,
    errorCount: 1,
    firstError: 'refused',
  });
});

test('a ratio above 1 is better than the reference, for throughput and for time', () => {
  const slow = figureOf([{ ...base, latencies: Float64Array.of(4, 4), start: 0, end: 1000 }]);
  const fast = figureOf([{ ...base, latencies: Float64Array.of(1, 1, 1, 1), start: 0, end: 1000 }]);
  assert.equal(ratioTo(slow, fast, 'rate'), 2);
  assert.equal(ratioTo(slow, fast, 'time'), 4);
});
