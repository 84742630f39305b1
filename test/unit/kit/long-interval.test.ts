import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startLongInterval, timerMsMax } from '../../../src/kit/long-interval.ts';

const dayMs = 86_400_000;

function countedRuns(context: TestContext, intervalMs: number) {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  let runs = 0;
  const stop = startLongInterval(() => {
    runs += 1;
  }, intervalMs);
  return { stop, runs: () => runs };
}

test('work runs once a month, although a timer of Node lasts 24 days at most', (context) => {
  const { runs } = countedRuns(context, 30 * dayMs);
  context.mock.timers.tick(timerMsMax);
  assert.equal(runs(), 0);
  context.mock.timers.tick(30 * dayMs - timerMsMax);
  assert.equal(runs(), 1);
  for (let day = 0; day < 31; day += 1) context.mock.timers.tick(dayMs);
  assert.equal(runs(), 2);
});

test('work with an infinite interval never runs', (context) => {
  const { runs } = countedRuns(context, Number.POSITIVE_INFINITY);
  for (let month = 0; month < 100; month += 1) context.mock.timers.tick(30 * dayMs);
  assert.equal(runs(), 0);
});

test('stopped work does not run again', (context) => {
  const { stop, runs } = countedRuns(context, dayMs);
  context.mock.timers.tick(dayMs);
  stop();
  context.mock.timers.tick(3 * dayMs);
  assert.equal(runs(), 1);
});
