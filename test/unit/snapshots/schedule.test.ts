import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '../../../src/config/usage-error.ts';
import { Schedule } from '../../../src/snapshots/schedule.ts';

const at = (text: string): number => new Date(text).getTime();

test('a slot is found at its own second, before it and after it', () => {
  const hourly = new Schedule('0 * * * *');
  const slot = at('2026-11-30T06:00:00');
  assert.equal(hourly.newestThrough(slot), slot);
  assert.equal(hourly.newestThrough(slot + 999), slot);
  assert.equal(hourly.newestThrough(slot + 3_599_999), slot);
  assert.equal(hourly.newestThrough(slot - 1), slot - 3_600_000);
  assert.equal(hourly.nextAfter(slot), slot + 3_600_000);
  assert.equal(hourly.nextAfter(slot - 1), slot);
});

test('six fields count seconds', () => {
  const often = new Schedule('*/2 * * * * *');
  const slot = at('2026-11-30T06:00:02');
  assert.equal(often.newestThrough(slot + 1_999), slot);
  assert.equal(often.nextAfter(slot), slot + 2_000);
  assert.deepEqual(often.between(slot, slot + 6_000), [slot + 2_000, slot + 4_000]);
});

test('the slots between two neighbours are none, and their number is bounded', () => {
  const often = new Schedule('* * * * * *');
  const slot = at('2026-11-30T06:00:00');
  assert.deepEqual(often.between(slot, slot + 1_000), []);
  assert.equal(often.between(slot, slot + 86_400_000).length, 1_000);
});

test('slots that are years apart are found', () => {
  const leap = new Schedule('0 0 29 2 *');
  assert.equal(leap.newestThrough(at('2026-11-30T06:00:00')), at('2024-02-29T00:00:00'));
  assert.equal(leap.nextAfter(at('2026-11-30T06:00:00')), at('2028-02-29T00:00:00'));
});

test('a line that is no cron line is refused with the line, the reason and an example', () => {
  for (const [line, reason] of [
    ['hourly', /five or six fields/],
    ['* * *', /five or six fields/],
    ['61 * * * *', /minute/],
    ['0 25 * * *', /hour/],
    ['0 0 31 2 *', /no time in the future/],
  ] as const) {
    assert.throws(
      () => new Schedule(line),
      (error) =>
        error instanceof UsageError &&
        error.message.startsWith(`--snapshot-schedule: "${line}"`) &&
        reason.test(error.message) &&
        error.message.endsWith("for example '0 */6 * * *'"),
      line,
    );
  }
});
