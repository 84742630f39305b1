import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, renameSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import workerThreads, { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { pino } from 'pino';
import { fileId } from '../../../../src/drivers/sqlite/file/file-identity.ts';
import { SqliteDriver } from '../../../../src/drivers/sqlite/sqlite-driver.ts';
import { ThreadClient } from '../../../../src/drivers/sqlite/thread-client.ts';
import type { Task } from '../../../../src/drivers/sqlite/thread-protocol.ts';
import { createLogger } from '../../../../src/logger.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { sleep, waitFor } from '../../../support/wait.ts';

const logger = pino({ level: 'silent' });
const readHead: Task = { kind: 'read', name: 'head', input: null };

async function newDatabase(): Promise<string> {
  const path = join(temporaryDirectory(), 'state.db');
  await (await SqliteDriver.open(path, { self: 1n, logger, slowStatementMs: 1_000 })).close();
  return path;
}

async function threadOf(context: TestContext, idleMsMax: number, threadLogger = logger): Promise<ThreadClient> {
  const path = await newDatabase();
  const thread = new ThreadClient(
    { path, fileId: fileId(path), role: 'quick', slowStatementMs: 1_000 },
    { logger: threadLogger, onSlow: () => {}, onFailure: () => {}, idleMsMax },
  );
  context.after(() => thread.close());
  return thread;
}

/** Starts no thread while `refuses` is set, as a system does that has none left. */
function observedThreads(context: TestContext): { refuses: boolean; attempts: number; latest: Worker | undefined } {
  const state: ReturnType<typeof observedThreads> = { refuses: false, attempts: 0, latest: undefined };
  context.mock.property(
    workerThreads,
    'Worker',
    class extends Worker {
      constructor(...parameters: ConstructorParameters<typeof Worker>) {
        state.attempts += 1;
        if (state.refuses) throw Object.assign(new Error('EAGAIN'), { code: 'ERR_WORKER_INIT_FAILED' });
        super(...parameters);
        state.latest = this;
      }
    },
  );
  syncBuiltinESMExports();
  context.after(() => {
    context.mock.restoreAll();
    syncBuiltinESMExports();
  });
  return state;
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

test('a thread that died is started again although the system had no thread left for a while', async (context) => {
  const threads = observedThreads(context);
  const lines: string[] = [];
  const log = createLogger('info', { write: (line) => lines.push(JSON.parse(line).msg) });
  const thread = await threadOf(context, 60_000, log);
  const first = await thread.run(readHead);
  threads.refuses = true;
  const { attempts } = threads;
  await threads.latest?.terminate();
  await waitFor('several attempts', async () => threads.attempts >= attempts + 3);
  await assert.rejects(thread.run(readHead), { kind: 'lost' });
  threads.refuses = false;
  await waitFor('the thread', async () => thread.isStarted);
  assert.deepEqual(await thread.run(readHead), first);
  assert.deepEqual(lines, ['cannot start the database thread again; retrying']);
});

test('a first task for which the system has no thread fails as in an outage, and the next one is served', async (context) => {
  const threads = observedThreads(context);
  const thread = await threadOf(context, 60_000);
  threads.refuses = true;
  await assert.rejects(thread.run(readHead), { kind: 'lost', message: 'no thread for the database: EAGAIN' });
  threads.refuses = false;
  assert.ok(await thread.run(readHead));
});

test('a reply that cannot be read fails its task', async (context) => {
  const threads = observedThreads(context);
  const thread = await threadOf(context, 60_000);
  await thread.run(readHead);
  const { latest } = threads;
  latest?.removeAllListeners('message');
  const task = thread.run(readHead);
  latest?.emit('messageerror', new RangeError('Array buffer allocation failed'));
  await assert.rejects(task, { kind: 'lost' });
  await waitFor('another thread', async () => thread.isStarted);
  assert.ok(await thread.run(readHead));
});

test('a close while a dead thread is started again leaves no thread', async (context) => {
  const threads = observedThreads(context);
  const thread = await threadOf(context, 60_000);
  await thread.run(readHead);
  await threads.latest?.terminate();
  const { attempts } = threads;
  await waitFor('the next thread', async () => threads.attempts > attempts);
  await thread.close();
  assert.equal(threads.latest?.threadId, -1);
});

test('a thread does not copy the log of a removed file into the file in its place', async (context) => {
  const threads = observedThreads(context);
  const path = await newDatabase();
  const backup = `${path}.backup`;
  copyFileSync(path, backup);
  const bytes = readFileSync(backup);
  const served = new Database(path);
  context.after(() => served.close());
  served.exec("INSERT OR REPLACE INTO tine_state (name, value) VALUES ('test', 1)");
  const thread = new ThreadClient(
    { path, fileId: fileId(path), role: 'writer', slowStatementMs: 1_000 },
    { logger, onSlow: () => {}, onFailure: () => {}, idleMsMax: 60_000 },
  );
  context.after(() => thread.close());
  renameSync(backup, path);
  await assert.rejects(thread.run(readHead), { kind: 'removed' });
  await thread.close();
  await waitFor('the end of the thread', async () => threads.latest?.threadId === -1);
  assert.ok(readFileSync(path).equals(bytes), 'the file is unchanged');
});
