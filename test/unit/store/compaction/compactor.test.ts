import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import type { Driver } from '../../../../src/drivers/driver.ts';
import type { WriteOperation } from '../../../../src/mvcc/operations.ts';
import { Compactor } from '../../../../src/store/compaction/compactor.ts';
import type { WriteQueue } from '../../../../src/store/writes/write-queue.ts';
import { settle } from '../../watch/watching.ts';

test('a compaction begins after the events before it were read for watchers', async () => {
  const written: string[] = [];
  const events = Promise.withResolvers<void>();
  const writes = {
    write: async ({ kind }: WriteOperation) => {
      written.push(kind);
      return { revision: 9 };
    },
  } as unknown as WriteQueue;
  const driver = { read: async () => 0, reclaim: async () => ({ more: false }) } as unknown as Driver;
  const asked: number[] = [];
  const compactor = new Compactor(driver, writes, {
    readEvents: (revision) => {
      asked.push(revision);
      return events.promise;
    },
    logger: pino({ level: 'silent' }),
  });
  const answer = compactor.compact(7);
  await settle();
  assert.deepEqual([asked, written], [[7], []]);
  events.resolve();
  assert.equal(await answer, 9);
  assert.deepEqual(written, ['compact']);
  await compactor.stop();
});
