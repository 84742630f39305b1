import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createLogger } from '../../../../src/logger.ts';
import { StallWatch } from '../../../../src/server/monitoring/stall-watch.ts';
import { serverLimits } from '../../../../src/server/server-limits.ts';

/** A watch, and a clock that the test moves: `pass` lets time pass until the next check. */
function watched(context: TestContext) {
  let nowMs = 0;
  context.mock.timers.enable({ apis: ['setInterval'] });
  context.mock.method(performance, 'now', () => nowMs);
  const watch = new StallWatch(createLogger('info', { write: () => {} }));
  context.after(() => watch.close());
  const pass = (lateMs: number) => {
    nowMs += serverLimits.stallTickMs + lateMs;
    context.mock.timers.tick(serverLimits.stallTickMs);
  };
  return { watch, pass };
}

test('the longest delay is the one since the previous question', (context) => {
  const { watch, pass } = watched(context);
  for (const lateMs of [1, 40, 3]) pass(lateMs);
  assert.equal(watch.takeLongestMs(), 40);
  pass(2);
  assert.equal(watch.takeLongestMs(), 2);
  assert.equal(watch.takeLongestMs(), 0);
});

test('delays from 100 ms on are counted as stalls', (context) => {
  const { watch, pass } = watched(context);
  for (const lateMs of [99, 100, 250]) pass(lateMs);
  assert.deepEqual(watch.stalls, { count: 2, ms: 350 });
});

test('repeated work runs once for each interval, also after a stall', (context) => {
  const { watch, pass } = watched(context);
  let runs = 0;
  watch.every(1_000, () => {
    runs += 1;
  });
  for (let count = 0; count < 30; count += 1) pass(0);
  assert.equal(runs, 3);
  pass(5_000);
  assert.equal(runs, 4);
  watch.close();
  for (let count = 0; count < 30; count += 1) pass(0);
  assert.equal(runs, 4);
});
