import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { ClockWatch } from '../../../../src/server/monitoring/clock-watch.ts';

function watched(context: { after(work: () => void): void }) {
  const lines: { direction: string; by: string; msg: string }[] = [];
  const clocks = { wallMs: 1_000_000, monotonicMs: 500 };
  const logger = pino({}, { write: (line) => lines.push(JSON.parse(line)) });
  const watch = new ClockWatch(logger, () => ({ ...clocks }));
  context.after(() => watch.close());
  return { watch, clocks, lines };
}

test('a change of the wall clock is logged with its direction and counted once', (context) => {
  const { watch, clocks, lines } = watched(context);
  for (const [jumpMs, direction] of [
    [3_600_000, 'forward'],
    [-7_200_000, 'back'],
  ] as const) {
    clocks.wallMs += 1_000 + jumpMs;
    clocks.monotonicMs += 1_000;
    watch.check();
    clocks.wallMs += 1_000;
    clocks.monotonicMs += 1_000;
    watch.check();
    assert.equal(lines.at(-1)?.direction, direction);
    assert.equal(lines.at(-1)?.by, `${Math.abs(jumpMs)}ms`);
  }
  assert.equal(lines.length, 2);
  assert.equal(watch.jumps.count, 2);
});

test('a late check and a clock that NTP slews are not reported', (context) => {
  const { watch, clocks, lines } = watched(context);
  clocks.wallMs += 60_030;
  clocks.monotonicMs += 60_000;
  watch.check();
  assert.equal(watch.jumps.count, 0);
  assert.deepEqual(lines, []);
});
