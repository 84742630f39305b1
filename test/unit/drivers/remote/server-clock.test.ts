import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { ServerClock } from '../../../../src/drivers/remote/server-clock.ts';

/**
 * A server whose clock is ahead, and whose requests and replies take the given times, there and
 * back.
 */
function server(aheadMs: number, waysMs: readonly (readonly [there: number, back: number])[]) {
  let count = 0;
  return async () => {
    const [there, back] = waysMs[count++] ?? [0, 0];
    await pass(there);
    const now = Date.now() + aheadMs;
    await pass(back);
    return now;
  };
}

const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test("the server's clock is read from the fastest of several replies", async () => {
  const clock = new ServerClock(pino({ level: 'silent' }));
  await clock.read(
    server(5_000, [
      [0, 300],
      [200, 0],
      [0, 0],
    ]),
  );
  const error = clock.nowMs() - (Date.now() + 5_000);
  assert.ok(Math.abs(error) < 50, `it is ${error} ms off`);
});

test('a slow reply does not change the clock, and a clock that was set is followed', async () => {
  const clock = new ServerClock(pino({ level: 'silent' }));
  await clock.read(server(0, []));
  const slow: [number, number][] = Array.from({ length: 5 }, () => [0, 200]);
  await clock.read(server(0, slow));
  assert.ok(Math.abs(clock.nowMs() - Date.now()) < 20);
  await clock.read(server(3_600_000, slow));
  assert.ok(Math.abs(clock.nowMs() - Date.now() - 3_600_000) < 250);
});
