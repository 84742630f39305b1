import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import { fileId } from '../../../../src/drivers/sqlite/file/file-identity.ts';
import { SqliteDriver } from '../../../../src/drivers/sqlite/sqlite-driver.ts';
import { ThreadClient } from '../../../../src/drivers/sqlite/thread-client.ts';
import type { Task } from '../../../../src/drivers/sqlite/thread-protocol.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { sleep, waitFor } from '../../../support/wait.ts';

const logger = pino({ level: 'silent' });
const readHead: Task = { kind: 'read', name: 'head', input: null };

async function threadOf(context: TestContext, idleMsMax: number): Promise<ThreadClient> {
  const path = join(temporaryDirectory(), 'state.db');
  await (await SqliteDriver.open(path, { self: 1n, logger, slowStatementMs: 1_000 })).close();
  const thread = new ThreadClient(
    { path, fileId: fileId(path), role: 'quick', slowStatementMs: 1_000 },
    { logger, onSlow: () => {}, onFailure: () => {}, idleMsMax },
  );
  context.after(() => thread.close());
  return thread;
}

async function statementCount(thread: ThreadClient): Promise<number> {
  return (await thread.counts()).statements.reduce((sum, { runs }) => sum + runs, 0);
}

test('an idle thread ends, the next task starts another, and all their statements are counted', async (context) => {
  const thread = await threadOf(context, 50);
  assert.equal(thread.isStarted, false);
  const first = await thread.run(readHead);
  assert.equal(thread.isStarted, true);
  const counted = await statementCount(thread);
  assert.ok(counted > 0);
  await waitFor('the end of the thread', async () => !thread.isStarted);
  assert.equal(await statementCount(thread), counted);
  assert.deepEqual(await thread.run(readHead), first);
  assert.equal(await statementCount(thread), 2 * counted);
  assert.equal(thread.statistics.opened, 2);
  assert.ok(thread.statistics.closed >= 1);
});

test('a task is served in the moment in which its idle thread ends', async (context) => {
  const thread = await threadOf(context, 5);
  for (let waitMs = 0; waitMs < 20; waitMs += 1) {
    await sleep(waitMs / 2);
    assert.ok(await thread.run(readHead));
  }
  assert.ok(thread.statistics.opened > 1);
});

test('a thread that has work does not end', async (context) => {
  const thread = await threadOf(context, 2_000);
  for (let turn = 0; turn < 6; turn += 1) {
    await thread.run(readHead);
    await sleep(400);
  }
  assert.equal(thread.statistics.opened, 1);
});
