import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TimeBudget } from '../../../../../src/drivers/sqlite/event-loop/time-budget.ts';

/** A budget of 5 ms at once and a tenth of the time, with a clock that the test moves. */
function budget() {
  let nowMs = 0;
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { budget: new TimeBudget({ burstMs: 5, share: 0.1, nowMs: () => nowMs }), pass };
}

test('a burst uses the budget up, and time gives it back', () => {
  const { budget: time, pass } = budget();
  for (let count = 0; count < 5; count += 1) {
    assert.equal(time.hasTime, true);
    time.spend(1);
  }
  assert.equal(time.hasTime, false);
  pass(9);
  assert.equal(time.hasTime, true);
  time.spend(1);
  assert.equal(time.hasTime, false);
});

test('long work delays the next one in proportion, and idle time is not saved', () => {
  const { budget: time, pass } = budget();
  pass(1_000_000);
  time.spend(50);
  pass(440);
  assert.equal(time.hasTime, false);
  pass(20);
  assert.equal(time.hasTime, true);
});
