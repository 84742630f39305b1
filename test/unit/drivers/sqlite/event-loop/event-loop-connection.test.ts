import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import Database from 'better-sqlite3';
import { EventLoopConnection } from '../../../../../src/drivers/sqlite/event-loop/event-loop-connection.ts';
import { fileId } from '../../../../../src/drivers/sqlite/file/file-identity.ts';
import { prepareDatabase } from '../../../../../src/drivers/sqlite/prepare-database.ts';
import { StatementMeter } from '../../../../../src/drivers/statement-meter.ts';
import type { PutOperation, WriteOperation } from '../../../../../src/mvcc/operations.ts';
import { endOfKeys, keyText } from '../../../../../src/sql/key-text.ts';
import { sleep, temporaryDirectory } from '../../../../support/index.ts';

const key = (name: string) => keyText(Buffer.from(name));

function put(name: string, value = 'value'): PutOperation {
  const rest = { lease: 0n, previous: false, ignoreValue: false, ignoreLease: false };
  return { kind: 'put', key: key(name), value: Buffer.from(value), ...rest };
}

interface Held {
  readonly connection: EventLoopConnection;
  readonly path: string;
  /** Ends the oldest sync under way. */
  endSync(error?: Error): void;
  /** Lets syncs end at once from now on. */
  release(): void;
}

/**
 * A connection to a new database with rows for `a` and `b`. The test decides when later syncs end.
 */
async function heldConnection(context: TestContext): Promise<Held> {
  const path = join(temporaryDirectory(), 'state.db');
  await prepareDatabase(path);
  const syncs: ((error: Error | null) => void)[] = [];
  let isHeld = false;
  const connection = new EventLoopConnection({
    path,
    fileId: fileId(path),
    meter: new StatementMeter({ slowMs: 10_000, onSlow: () => {} }),
    sync: (_file, done) => (isHeld ? syncs.push(done) : setImmediate(done, null)),
  });
  const release = () => {
    isHeld = false;
    for (const done of syncs.splice(0)) done(null);
  };
  context.after(async () => {
    release();
    await connection.close();
  });
  const clock = { kind: 'machine', bootId: 1, monotonicMs: 0, wallMs: Date.now() } as const;
  await connection.startUp({ self: 1n, clock, freshClusterId: 1n, onTakeOver: () => {} });
  await written(connection, [put('a')]);
  await written(connection, [put('b')]);
  isHeld = true;
  return { connection, path, endSync: (error) => syncs.shift()?.(error ?? null), release };
}

function written(connection: EventLoopConnection, operations: readonly WriteOperation[]) {
  const result = connection.write(operations, { withEvents: false, leaseNowMs: () => 0 });
  assert.ok(result !== undefined, 'the batch was run');
  return result;
}

function readPoint(connection: EventLoopConnection, name: string) {
  const read = connection.read('points', [{ key: key(name), withValue: true }]);
  assert.ok(read !== undefined);
  return { isSynced: read.isSynced, revision: read.output.head.revision, bytes: read.output.bytes.length };
}

/** Whether a promise has not been settled after everything that could settle it ran. */
async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  return (await Promise.race([promise.catch(() => {}), sleep(20).then(() => pending)])) === pending;
}

test('a write is answered after its sync', async (context) => {
  const { connection, endSync } = await heldConnection(context);
  const write = written(connection, [put('a', 'new')]);
  assert.equal(await isPending(write), true);
  endSync();
  const { head, outcomes } = await write;
  assert.equal(outcomes.length, 1);
  assert.equal(readPoint(connection, 'a').revision, head.revision);
});

test('during a sync, reads return what is on disk, and reads of the written key wait', async (context) => {
  const { connection, endSync } = await heldConnection(context);
  const before = readPoint(connection, 'b');
  const write = written(connection, [put('a', 'longer than before'), put('c')]);
  assert.deepEqual(readPoint(connection, 'b'), before);
  assert.equal(readPoint(connection, 'a').isSynced, false);
  assert.equal(readPoint(connection, 'c').isSynced, false);
  assert.equal(connection.read('head', null)?.output.revision, before.revision);
  assert.equal(connection.read('alarms', null)?.isSynced, false, 'other reads wait');
  endSync();
  const { head } = await write;
  assert.deepEqual(readPoint(connection, 'b'), { ...before, revision: head.revision });
  assert.equal(readPoint(connection, 'a').isSynced, true);
});

test('a second write during a sync is visible only after its own sync', async (context) => {
  const { connection, endSync } = await heldConnection(context);
  const first = written(connection, [put('a', '1')]);
  const second = written(connection, [put('c', '2')]);
  endSync();
  const { head } = await first;
  assert.equal(await isPending(second), true);
  const { isSynced, revision } = readPoint(connection, 'a');
  assert.deepEqual({ isSynced, revision }, { isSynced: true, revision: head.revision });
  assert.equal(readPoint(connection, 'c').isSynced, false);
  endSync();
  await second;
  assert.equal(readPoint(connection, 'c').revision, head.revision + 1);
});

test('during a sync, commits of other connections are visible', async (context) => {
  const { connection, path, endSync } = await heldConnection(context);
  const write = written(connection, [put('a', 'new')]);
  const other = new Database(path);
  other.exec("INSERT OR REPLACE INTO tine_state (name, value) VALUES ('test', 1)");
  other.close();
  assert.equal(readPoint(connection, 'b').isSynced, false, 'the head that is on disk is not known any more');
  endSync();
  await write;
});

test('a batch is not run while another process writes to the file, nor shortly after', async (context) => {
  const { connection, path } = await heldConnection(context);
  assert.equal(connection.acceptsBatch([put('a')]), true);
  const other = new Database(path);
  context.after(() => other.close());
  other.exec('BEGIN IMMEDIATE');
  assert.equal(connection.write([put('a')], { withEvents: false, leaseNowMs: () => 0 }), undefined, 'locked');
  other.exec("INSERT OR REPLACE INTO tine_state (name, value) VALUES ('test', 1)");
  other.exec('COMMIT');
  connection.read('head', null);
  other.exec("INSERT OR REPLACE INTO tine_state (name, value) VALUES ('test', 2)");
  assert.equal(connection.write([put('a')], { withEvents: false, leaseNowMs: () => 0 }), undefined, 'not alone');
  assert.equal(connection.acceptsBatch([put('a')]), false);
});

test('after a failed sync nothing is read or written until the log is recovered', async (context) => {
  const { connection, endSync, release } = await heldConnection(context);
  const write = written(connection, [put('a', 'new')]);
  endSync(new Error('EIO'));
  await assert.rejects(write, { kind: 'lost' });
  assert.match(connection.syncFailure?.message ?? '', /not synced to disk: EIO/);
  await assert.rejects(connection.settled(), { kind: 'lost' });
  assert.equal(readPoint(connection, 'a').isSynced, false);
  connection.recovered();
  release();
  assert.equal(readPoint(connection, 'a').isSynced, true);
  await written(connection, [put('a', 'newer')]);
});

test('large batches, intervals and whole lists in another order are left to threads', async (context) => {
  const { connection } = await heldConnection(context);
  const all = { start: key(''), end: endOfKeys };
  assert.equal(connection.acceptsBatch(Array.from({ length: 100 }, () => put('a'))), false);
  assert.equal(connection.acceptsBatch([put('a', 'x'.repeat(1024 * 1024))]), false);
  assert.equal(connection.acceptsBatch([{ kind: 'delete', keys: all, previous: false }]), false);
  assert.equal(connection.acceptsBatch([put('a')], { expectedReadBytes: 1024 }), true);
  assert.equal(connection.acceptsBatch([put('a')], { expectedReadBytes: 1024 * 1024 }), false);
  assert.equal(connection.acceptsRead('hashKeys', {}), false);
  assert.equal(connection.acceptsRead('lease', { id: 1n, keys: true }), false, 'a lease may have any number of keys');
  assert.equal(connection.acceptsRead('lease', { id: 1n, keys: false }), true);
});
