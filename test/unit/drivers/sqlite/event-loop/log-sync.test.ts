import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { LogSync } from '../../../../../src/drivers/sqlite/event-loop/log-sync.ts';
import { temporaryDirectory } from '../../../../support/index.ts';

type Done = (error: Error | null) => void;

/** A log whose syncs end when the test decides. */
function heldLog(context: TestContext): { log: LogSync; syncs: Done[] } {
  const path = join(temporaryDirectory(), 'state.db-wal');
  writeFileSync(path, 'log');
  const syncs: Done[] = [];
  const log = new LogSync(path, (_file, done) => syncs.push(done));
  context.after(() => log.close());
  return { log, syncs };
}

/** Whether a promise has been resolved by now. */
async function isResolved(promise: Promise<void>): Promise<boolean> {
  const pending = Symbol('pending');
  return (await Promise.race([promise, Promise.resolve(pending)])) !== pending;
}

test('writes during a sync share the next sync', async (context) => {
  const { log, syncs } = heldLog(context);
  assert.equal(log.isPending, false);
  const first = log.synced();
  const second = log.synced();
  const third = log.synced();
  assert.equal(syncs.length, 1);
  syncs[0]?.(null);
  await first;
  assert.equal(await isResolved(second), false);
  assert.equal(syncs.length, 2);
  syncs[1]?.(null);
  await Promise.all([second, third]);
  assert.equal(syncs.length, 2);
  assert.equal(log.isPending, false);
});

test('pending writes end with the sync that covers the latest write', async (context) => {
  const { log, syncs } = heldLog(context);
  const first = log.synced();
  void log.synced();
  const pending = log.settled();
  assert.equal(log.isPending, true);
  syncs[0]?.(null);
  await first;
  assert.equal(await isResolved(pending), false);
  syncs[1]?.(null);
  await pending;
});

test('after a failed sync every write and read fails until the log is recovered', async (context) => {
  const { log, syncs } = heldLog(context);
  const first = log.synced();
  const second = log.synced();
  syncs[0]?.(new Error('EIO: i/o error, fdatasync'));
  const failure = {
    kind: 'lost',
    message: 'the log of the database was not synced to disk: EIO: i/o error, fdatasync',
  };
  await assert.rejects(first, failure);
  await assert.rejects(second, failure);
  assert.equal(syncs.length, 1, 'a further sync would succeed without what is missing');
  await assert.rejects(log.synced(), failure);
  await assert.rejects(log.settled(), failure);
  log.recovered();
  assert.equal(log.isPending, false);
  const third = log.synced();
  syncs[1]?.(null);
  await third;
});

test('the real sync returns', async (context) => {
  const path = join(temporaryDirectory(), 'state.db-wal');
  writeFileSync(path, 'log');
  const log = new LogSync(path);
  context.after(() => log.close());
  await log.synced();
  assert.equal(log.isPending, false);
});
