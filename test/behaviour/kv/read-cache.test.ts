/** The read caches of instances on one database are as current as the database. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import {
  type Driver,
  type EtcdClient,
  keysOf,
  ownServer,
  type Server,
  TINE_DRIVERS,
  withPrefix,
} from '../../support/index.ts';
import { scrape } from '../../support/scrape.ts';

const under = withPrefix('c/');
const rounds = 40;

async function twoInstances(context: TestContext, driver: Driver) {
  const first = await ownServer(context, { driver });
  const second = await ownServer(context, { driver, dataDirectory: first.server.dataDirectory });
  return { one: first.client, other: second.client, otherServer: second.server };
}

/** The number of reads answered from a server's cache. */
async function hitsOf(server: Server): Promise<number> {
  const family = (await scrape(server)).get('tine_read_cache_reads_total');
  return family?.samples.find(({ labels }) => labels.result === 'hit')?.value ?? Number.NaN;
}

async function readThrice(client: EtcdClient): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    await client.range({ key: 'c/7' });
    await client.range({ key: 'c/new' });
    await client.range(under);
    await client.range({ ...under, limit: 5 });
    await client.range({ ...under, count_only: true });
  }
}

for (const driver of TINE_DRIVERS) {
  test(`${driver.name}: a read through one instance returns every write that was acknowledged before by another instance`, async (context) => {
    const { one, other, otherServer } = await twoInstances(context, driver);
    for (let index = 0; index < 20; index += 1) await one.put({ key: `c/${index}`, value: 'old' });
    await readThrice(other);
    const hitsBefore = await hitsOf(otherServer);
    for (let round = 0; round < rounds; round += 1) {
      const { header } = await one.put({ key: 'c/7', value: `round ${round}` });
      const get = await other.range({ key: 'c/7' });
      assert.equal(get.kvs[0]?.value.toString(), `round ${round}`);
      assert.equal(get.header.revision, header.revision);

      await one.txn({ success: [{ request_put: { key: 'c/new' } }, { request_delete_range: { key: 'c/3' } }] });
      const list = await other.range(under);
      assert.ok(keysOf(list.kvs).includes('c/new') && !keysOf(list.kvs).includes('c/3'), keysOf(list.kvs).join());
      assert.equal(list.count, 20);

      await one.deleteRange({ key: 'c/new' });
      assert.equal((await other.range({ ...under, count_only: true })).count, 19);
      assert.equal((await other.range({ key: 'c/new' })).count, 0);
      await one.put({ key: 'c/3', value: 'back' });
      const page = await other.range({ ...under, limit: 5 });
      assert.deepEqual([page.count, page.more, page.kvs.length], [20, true, 5]);
    }
    const hits = (await hitsOf(otherServer)) - hitsBefore;
    assert.ok(hits > rounds, `${hits} reads of ${5 * rounds} were answered from the cache`);
  });

  test(`${driver.name}: RangeStream from the cache returns the same keys as Range`, async (context) => {
    const { client } = await ownServer(context, { driver });
    const value = Buffer.alloc(30_000, 'v');
    for (let index = 0; index < 60; index += 1) await client.put({ key: `c/${index}`, value });
    await readThrice(client);
    const list = await client.range(under);
    const parts = await client.rangeStream(under);
    assert.deepEqual(
      parts.flatMap(({ range_response }) => range_response?.kvs ?? []),
      list.kvs,
    );
    assert.ok(parts.length > 1);
    assert.equal(list.kvs.length, 60);
  });

  test(`${driver.name}: with --read-cache-bytes 0 nothing is cached`, async (context) => {
    const { client, server } = await ownServer(context, { driver, arguments: ['--read-cache-bytes', '0'] });
    await client.put({ key: 'c/7', value: 'old' });
    await readThrice(client);
    assert.equal(await hitsOf(server), 0);
  });
}
