import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { etcdctl } from '../support/etcdctl.ts';
import {
  type Driver,
  type EtcdClient,
  FILE_DRIVERS,
  ownServer,
  RpcError,
  runTine,
  temporaryDirectory,
  waitFor,
  withPrefix,
} from '../support/index.ts';
import { Ballast } from '../support/small-disk.ts';

const mebibyte = 1024 * 1024;
const noSpace = { code: 'RESOURCE_EXHAUSTED', details: 'etcdserver: mvcc: database space exceeded' };

/** A server whose data is on a disk of 64 MiB, and a function that fills the disk. */
async function onSmallDisk(context: TestContext, driver: Driver) {
  const own = await ownServer(context, { driver, diskBytes: 64 * mebibyte });
  const { pid, dataDirectory } = own.server;
  const database = `/proc/${pid}/root${dataDirectory}/state.db`;
  return { ...own, database, ballast: new Ballast({ pid, directory: dataDirectory }) };
}

/** Puts until one is refused for lack of space. Returns the keys that were written. */
async function fillUntilRefused(client: EtcdClient, prefix: string): Promise<string[]> {
  const taken: string[] = [];
  for (let index = 0; index < 1_000; index += 1) {
    const key = `${prefix}${String(index).padStart(4, '0')}`;
    try {
      await client.put({ key, value: randomBytes(100_000) });
      taken.push(key);
    } catch (error) {
      assert.ok(error instanceof RpcError);
      assert.deepEqual({ code: error.code, details: error.details }, noSpace);
      return taken;
    }
  }
  return assert.fail('the disk was never full');
}

/**
 * Checks a copy of the database, because only the server can see its disk. No writes run meanwhile.
 */
function checkWhole(database: string): void {
  const copy = join(temporaryDirectory(), 'state.db');
  for (const suffix of ['', '-wal']) copyFileSync(`${database}${suffix}`, `${copy}${suffix}`);
  const { status, stdout, stderr } = runTine(['check', copy]);
  assert.equal(status, 0, `${stdout}${stderr}`);
}

async function keysOf(client: EtcdClient, prefix: string): Promise<string[]> {
  const { kvs } = await client.range({ ...withPrefix(prefix), keys_only: true });
  return kvs.map(({ key }) => key.toString());
}

for (const driver of FILE_DRIVERS) {
  test(`${driver.name}: on a full disk writes fail, reads and watches work, and no acknowledged write is lost`, async (context) => {
    const { server, client } = await ownServer(context, { driver, fileBytesMax: 4_000_000 });
    const watch = client.watch();
    await watch.create(withPrefix('k/'));
    const acknowledged: string[] = [];
    const refusals = new Set<string>();
    for (let index = 0; index < 120; index += 1) {
      const key = `k/${String(index).padStart(3, '0')}`;
      try {
        await client.put({ key, value: Buffer.alloc(100_000, 'x') });
        acknowledged.push(key);
      } catch (error) {
        assert.ok(error instanceof RpcError, String(error));
        refusals.add(error.code);
      }
    }
    assert.ok(acknowledged.length > 0 && acknowledged.length < 120, `${acknowledged.length} of 120 fitted`);
    for (const code of refusals) assert.ok(['UNAVAILABLE', 'RESOURCE_EXHAUSTED'].includes(code), code);
    const seen = (await watch.events(acknowledged.length)).map(({ kv }) => kv.key.toString());
    assert.deepEqual(seen, acknowledged);
    const { kvs } = await client.range({ ...withPrefix('k/'), keys_only: true });
    assert.deepEqual(
      kvs.map(({ key }) => key.toString()),
      acknowledged,
    );
    await server.kill();

    assert.equal(runTine(['check', `${server.dataDirectory}/state.db`]).status, 0);
    const roomy = await ownServer(context, { driver, dataDirectory: server.dataDirectory });
    const after = await roomy.client.range({ ...withPrefix('k/'), keys_only: true });
    assert.deepEqual(
      after.kvs.map(({ key }) => key.toString()),
      acknowledged,
    );
    const { header } = await roomy.client.put({ key: 'k/after' });
    assert.equal(header.revision, after.header.revision + 1);
  });
}

for (const driver of FILE_DRIVERS) {
  test(`${driver.name}: a write on a full disk is refused with etcd's error, and writes work again when there is space`, async (context) => {
    const { server, client, ballast, database } = await onSmallDisk(context, driver);
    ballast.take(32 * mebibyte);
    const before = await fillUntilRefused(client, 'k/');
    assert.ok(before.length > 10, `${before.length} puts were taken`);
    assert.deepEqual(await keysOf(client, 'k/'), before);
    const { alarms } = await client.alarm({ action: 'GET' });
    assert.deepEqual(
      alarms.map(({ alarm }) => alarm),
      ['NOSPACE'],
    );
    assert.match((await etcdctl(server.address, ['endpoint', 'health'])).stderr, /NOSPACE/);
    assert.equal((await fetch(`${server.url}/health`)).status, 503);
    ballast.giveBack();
    await client.put({ key: 'k/after', value: randomBytes(100_000) });
    // No alarm is to be disarmed: the next write after a second clears it.
    await waitFor('the alarm to be cleared', async () => {
      await client.put({ key: 'a' });
      return (await client.alarm({ action: 'GET' })).alarms.length === 0;
    });
    assert.equal((await fetch(`${server.url}/health`)).status, 200);
    assert.deepEqual(await keysOf(client, 'k/'), [...before, 'k/after']);
    checkWhole(database);
  });

  test(`${driver.name}: a defragmentation that fails on a full disk leaves the database intact, and succeeds when there is space`, async (context) => {
    const { client, ballast, database } = await onSmallDisk(context, driver);
    const value = randomBytes(100_000);
    for (let index = 0; index < 150; index += 1) await client.put({ key: `k/${index}`, value });
    for (let index = 0; index < 150; index += 2) await client.deleteRange({ key: `k/${index}` });
    const { header } = await client.put({ key: 'a' });
    await client.compact({ revision: header.revision, physical: true });
    ballast.take();
    await client.defragment({}).catch(async (error: unknown) => {
      assert.ok(error instanceof RpcError);
      assert.deepEqual({ code: error.code, details: error.details }, noSpace);
    });
    assert.equal((await keysOf(client, 'k/')).length, 75);
    checkWhole(database);
    ballast.giveBack();
    await client.defragment({});
    const { dbSize, dbSizeInUse } = await client.status({});
    assert.equal(dbSize, dbSizeInUse);
    assert.equal((await keysOf(client, 'k/')).length, 75);
    checkWhole(database);
  });
}
