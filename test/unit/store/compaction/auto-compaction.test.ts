import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { startAutoCompaction } from '../../../../src/store/compaction/auto-compaction.ts';

test('after the database has lost rows, no lost revision is compacted', async (context) => {
  let revision = 100;
  const compacted: number[] = [];
  const target = {
    revision: async () => revision,
    compact: async (to: number) => compacted.push(to),
  };
  const stop = startAutoCompaction({ kind: 'periodic', retentionMs: 200 }, target, pino({ level: 'silent' }));
  context.after(stop);
  await sleep(100);
  revision = 10;
  const deadline = performance.now() + 5_000;
  while (compacted.length === 0 && performance.now() < deadline) await sleep(10);
  assert.deepEqual(compacted[0], 10);
});
