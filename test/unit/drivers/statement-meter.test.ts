import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SlowStatement } from '../../../src/drivers/driver-statistics.ts';
import { addedByName, StatementMeter } from '../../../src/drivers/statement-meter.ts';

test('statements are counted by name, and slow ones are reported one by one', () => {
  const slowRuns: SlowStatement[] = [];
  const meter = new StatementMeter({ slowMs: 100, onSlow: (slow) => slowRuns.push(slow) });
  meter.record(meter.totalsOf('head'), 1, 1);
  meter.record(meter.totalsOf('head'), 2, 1);
  meter.record(meter.totalsOf('events'), 100, 500);
  assert.deepEqual(meter.all, [
    { name: 'head', runs: 2, ms: 3, rows: 2 },
    { name: 'events', runs: 1, ms: 100, rows: 500 },
  ]);
  assert.deepEqual(slowRuns, [{ name: 'events', ms: 100, rows: 500 }]);
});

test('the totals of several meters are added, in the order of names', () => {
  const added = addedByName([
    [{ name: 'head', runs: 1, ms: 2, rows: 3 }],
    [
      { name: 'events', runs: 1, ms: 1, rows: 1 },
      { name: 'head', runs: 10, ms: 20, rows: 30 },
    ],
  ]);
  assert.deepEqual(added, [
    { name: 'events', runs: 1, ms: 1, rows: 1 },
    { name: 'head', runs: 11, ms: 22, rows: 33 },
  ]);
});
