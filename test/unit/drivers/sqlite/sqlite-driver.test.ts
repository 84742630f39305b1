import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import { SqliteDriver } from '../../../../src/drivers/sqlite/sqlite-driver.ts';
import { limits } from '../../../../src/limits.ts';
import type { PutOperation } from '../../../../src/mvcc/operations.ts';
import { keyText } from '../../../../src/sql/key-text.ts';
import { sleep, temporaryDirectory, waitFor } from '../../../support/index.ts';

type EndSync = (error: Error | null) => void;

const rest = { lease: 0n, previous: false, ignoreValue: false, ignoreLease: false } as const;
const put = (name: string): PutOperation => ({
  kind: 'put',
  key: keyText(Buffer.from(name)),
  value: Buffer.from('value'),
  ...rest,
});
/** More operations than the event loop runs. */
const largeBatch = Array.from({ length: limits.eventLoopMediumMax + 1 }, (_, index) => put(`large${index}`));

/** A driver whose syncs of the log end when the test decides. */
async function heldDriver(context: TestContext) {
  const syncs: EndSync[] = [];
  let isHeld = false;
  const driver = await SqliteDriver.open(join(temporaryDirectory(), 'state.db'), {
    self: 1n,
    logger: pino({ level: 'silent' }),
    slowStatementMs: 10_000,
    sync: (_file, done) => (isHeld ? syncs.push(done) : setImmediate(done, null)),
  });
  context.after(async () => {
    isHeld = false;
    for (const done of syncs.splice(0)) done(null);
    await driver.close();
  });
  const write = (operations: readonly PutOperation[]) => driver.write(operations, { withEvents: false });
  // The start of the writer's thread, before the syncs are held.
  await write(largeBatch);
  isHeld = true;
  return { write, endSync: (error?: Error) => syncs.shift()?.(error ?? null) };
}

test('a large batch is answered after the sync of a lone write before it in the log', async (context) => {
  const { write, endSync } = await heldDriver(context);
  const lone = write([put('lone')]);
  let isAnswered = false;
  const large = write(largeBatch).finally(() => {
    isAnswered = true;
  });
  await sleep(200);
  assert.equal(isAnswered, false);
  endSync();
  assert.equal((await large).outcomes.length, largeBatch.length);
  assert.equal((await lone).outcomes.length, 1);
});

test('a large batch is not acknowledged if the sync of a lone write before it failed', async (context) => {
  const { write, endSync } = await heldDriver(context);
  const lone = write([put('lone')]);
  const large = write(largeBatch);
  lone.catch(() => {});
  large.catch(() => {});
  await sleep(200);
  endSync(new Error('EIO: i/o error, fdatasync'));
  await assert.rejects(lone, { kind: 'lost' });
  await assert.rejects(large, { kind: 'lost' });
  await waitFor('the recovery', () =>
    write(largeBatch).then(
      () => true,
      () => false,
    ),
  );
});

test('a file behind a symbolic link is served, with its log and its faults', async (context) => {
  const directory = temporaryDirectory();
  const [path, link] = [join(directory, 'state.db'), join(directory, 'link.db')];
  symlinkSync(path, link);
  const driver = await SqliteDriver.open(link, {
    self: 1n,
    logger: pino({ level: 'silent' }),
    slowStatementMs: 10_000,
  });
  context.after(() => driver.close());
  await driver.write([put('lone')], { withEvents: false });
  await driver.write(largeBatch, { withEvents: false });
  assert.ok((await driver.statistics()).walBytes > 0);
  assert.deepEqual(readdirSync(directory).sort(), ['link.db', 'state.db', 'state.db-shm', 'state.db-wal']);
  renameSync(path, `${path}.away`);
  await assert.rejects(driver.write([put('lone')], { withEvents: false }), { kind: 'removed' });
});

test('files that cannot be examined are a fault, as removed files are', async (context) => {
  const directory = join(temporaryDirectory(), 'data');
  mkdirSync(directory);
  const driver = await SqliteDriver.open(join(directory, 'state.db'), {
    self: 1n,
    logger: pino({ level: 'silent' }),
    slowStatementMs: 10_000,
  });
  context.after(() => driver.close());
  const write = (operations: readonly PutOperation[]) => driver.write(operations, { withEvents: false });
  await write(largeBatch);
  renameSync(directory, `${directory}.away`);
  // The system refuses to follow it, as it refuses a path in a directory without permission.
  symlinkSync(directory, directory);
  const refused = { kind: 'removed', message: /state\.db cannot be examined: ELOOP/ };
  await assert.rejects(write([put('lone')]), refused);
  await assert.rejects(write(largeBatch), refused);
  assert.ok((await driver.read('head', null, 'quick')).revision > 0);
  assert.equal((await driver.statistics()).walBytes, 0);
  await waitFor('the fault', async () => driver.fault !== undefined);
  rmSync(directory);
  renameSync(`${directory}.away`, directory);
  await waitFor('the end of the fault', async () => driver.fault === undefined);
  assert.equal((await write([put('lone')])).outcomes.length, 1);
});
