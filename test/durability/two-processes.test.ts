import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import {
  type Driver,
  failureOf,
  onePerDialect,
  ownServer,
  sleep,
  TINE_DRIVERS,
  waitFor,
  withPrefix,
} from '../support/index.ts';
import { onThisMachine } from '../support/slowness.ts';

async function twoServers(context: TestContext, driver: Driver) {
  const first = await ownServer(context, { driver });
  const second = await ownServer(context, { driver, dataDirectory: first.server.dataDirectory });
  return { first, second };
}

for (const driver of onePerDialect(TINE_DRIVERS)) {
  test(`${driver.name}: two servers on one database each read at once what the other wrote`, async (context) => {
    const { first, second } = await twoServers(context, driver);
    for (let index = 0; index < 100; index += 1) {
      const [writer, reader] = index % 2 === 0 ? [first.client, second.client] : [second.client, first.client];
      const { revision } = (await writer.put({ key: `k/${index % 5}`, value: `${index}` })).header;
      const read = await reader.range({ key: `k/${index % 5}` });
      assert.equal(read.kvs[0]?.value.toString(), `${index}`);
      assert.ok(read.header.revision >= revision);
      assert.equal((await reader.range({ ...withPrefix('k/'), count_only: true })).count, Math.min(5, index + 1));
    }
  });

  test(`${driver.name}: two servers on one database never use a revision twice`, async (context) => {
    const { first, second } = await twoServers(context, driver);
    const before = (await first.client.range({ key: 'k' })).header.revision;
    const writes = Array.from({ length: 600 }, (_, index) =>
      [first, second][index % 2]?.client.put({ key: `k/${index % 20}`, value: `${index}` }),
    );
    const revisions = (await Promise.all(writes)).map((reply) => reply?.header.revision ?? 0);
    assert.deepEqual(
      revisions.toSorted((a, b) => a - b),
      Array.from({ length: 600 }, (_, index) => before + 1 + index),
    );
  });

  test(`${driver.name}: a watch through one server receives writes through the other, in order and soon`, async (context) => {
    const { first, second } = await twoServers(context, driver);
    const watch = second.client.watch();
    await watch.create({ ...withPrefix('k/'), prev_kv: true });
    const started = Date.now();
    await first.client.put({ key: 'k/probe' });
    await watch.events(1);
    const lagMs = Date.now() - started;
    assert.ok(lagMs < onThisMachine(1_000), `the event took ${lagMs} ms`);
    const writes = Array.from({ length: 300 }, (_, index) =>
      [first, second][index % 2]?.client.put({ key: `k/${index % 10}`, value: `${index}` }),
    );
    await Promise.all(writes);
    const revisions = (await watch.events(300)).map(({ kv }) => kv.mod_revision);
    watch.close();
    assert.equal(new Set(revisions).size, 300);
    assert.deepEqual(
      revisions,
      revisions.toSorted((a, b) => a - b),
    );
  });

  test(`${driver.name}: a progress request at one server covers writes acknowledged by the other`, async (context) => {
    const { first, second } = await twoServers(context, driver);
    const watch = second.client.watch();
    await watch.create(withPrefix('k/'));
    for (let round = 0; round < 20; round += 1) {
      const { revision } = (await first.client.put({ key: 'k/a', value: `${round}` })).header;
      watch.requestProgress();
      const messages = await watch.until((message) => message.watch_id === -1);
      assert.ok((messages.at(-1)?.header.revision ?? 0) >= revision, 'a progress request asks for the present');
      assert.ok(messages.some(({ events }) => events.some(({ kv }) => kv.mod_revision === revision)));
    }
    watch.close();
  });

  test(`${driver.name}: compare-and-increment through two servers loses no update`, async (context) => {
    const { first, second } = await twoServers(context, driver);
    await first.client.put({ key: 'n', value: '0' });
    const worker = async (client: typeof first.client) => {
      for (let done = 0; done < 25; ) {
        const [pair] = (await client.range({ key: 'n' })).kvs;
        assert.ok(pair !== undefined);
        const { succeeded } = await client.txn({
          compare: [{ key: 'n', target: 'MOD', mod_revision: pair.mod_revision }],
          success: [{ request_put: { key: 'n', value: `${Number(pair.value) + 1}` } }],
        });
        if (succeeded) done += 1;
      }
    };
    await Promise.all([first, first, second, second].map(({ client }) => worker(client)));
    assert.equal((await second.client.range({ key: 'n' })).kvs[0]?.value.toString(), '100');
    assert.equal((await second.client.range({ key: 'n' })).kvs[0]?.version, 101);
  });

  test(`${driver.name}: a lease granted by one server can be kept alive and revoked by the other`, async (context) => {
    const { first, second } = await twoServers(context, driver);
    const { ID } = await first.client.leaseGrant({ TTL: 100 });
    assert.equal((await second.client.leaseTimeToLive({ ID })).grantedTTL, 100);
    await second.client.put({ key: 'leased', lease: ID });
    const stream = second.client.keepAlive();
    assert.equal((await stream.renew(ID)).TTL, 100);
    stream.close();
    assert.equal((await failureOf(second.client.leaseGrant({ TTL: 100, ID }))).code, 'FAILED_PRECONDITION');
    await second.client.leaseRevoke({ ID });
    assert.equal((await first.client.range({ key: 'leased' })).count, 0);
    assert.equal((await first.client.leaseTimeToLive({ ID })).TTL, -1);
  });

  test(`${driver.name}: keepalives on one server prevent expiry by the other`, async (context) => {
    const { first, second } = await twoServers(context, driver);
    const { ID } = await first.client.leaseGrant({ TTL: 3 });
    await first.client.put({ key: 'leased', lease: ID });
    const stream = second.client.keepAlive();
    const started = Date.now();
    await waitFor(
      'eight seconds of keepalives',
      async () => {
        assert.equal((await stream.renew(ID)).TTL, 3);
        return Date.now() - started > 8_000;
      },
      { intervalMs: 900 },
    );
    stream.close();
    assert.equal((await first.client.range({ key: 'leased' })).count, 1);
    const watch = first.client.watch();
    await watch.create({ key: 'leased' });
    const events = await watch.events(1);
    assert.equal(events[0]?.type, 'DELETE');
    watch.close();
  });

  test(`${driver.name}: a compaction by one server applies to the other`, async (context) => {
    const { first, second } = await twoServers(context, driver);
    await first.client.put({ key: 'k', value: '1' });
    const { revision } = (await second.client.put({ key: 'k', value: '2' })).header;
    await first.client.compact({ revision });
    const expected = { code: 'OUT_OF_RANGE', details: 'etcdserver: mvcc: required revision has been compacted' };
    assert.deepEqual(await failureOf(second.client.range({ key: 'k', revision: revision - 1 })), expected);
    assert.deepEqual(await failureOf(second.client.compact({ revision })), expected);
  });

  test(`${driver.name}: when one server is killed during writes, the other continues`, async (context) => {
    const { first, second } = await twoServers(context, driver);
    const watch = second.client.watch();
    await watch.create(withPrefix('k/'));
    const acknowledged = new Set<string>();
    const writer = async (client: typeof first.client, name: string) => {
      for (let count = 0; count < 200; count += 1) {
        const key = `k/${name}/${count}`;
        if ((await client.put({ key }).catch(() => undefined)) === undefined) return;
        acknowledged.add(key);
      }
    };
    const writers = [first, second].flatMap(({ client }, index) => [
      writer(client, `${index}a`),
      writer(client, `${index}b`),
    ]);
    await waitFor('some writes', () => acknowledged.size > 100);
    await first.server.kill();
    await Promise.all(writers);
    const { revision } = (await second.client.put({ key: 'k/end' })).header;
    const messages = await watch.until(({ events }) => events.at(-1)?.kv.mod_revision === revision);
    const seen = new Set(messages.flatMap(({ events }) => events.map(({ kv }) => kv.key.toString())));
    for (const key of acknowledged) assert.ok(seen.has(key), key);
    watch.close();
  });

  test(`${driver.name}: a watch without a start revision on an idle server starts at the current revision`, async (context) => {
    const { first, second } = await twoServers(context, driver);
    let revision = 0;
    for (let index = 0; index < 5; index += 1)
      revision = (await first.client.put({ key: 'k', value: `${index}` })).header.revision;
    await sleep(1_000);
    const watch = second.client.watch();
    const created = await watch.create({ key: 'k' });
    assert.ok(created.header.revision >= revision, `at ${created.header.revision}, the store is at ${revision}`);
    await first.client.put({ key: 'k', value: 'after' });
    const [event] = await watch.events(1);
    watch.close();
    assert.equal(event?.kv.value.toString(), 'after');
  });

  test(`${driver.name}: a keepalive on one server soon reflects a revoke or a new grant by the other`, async (context) => {
    const { first, second } = await twoServers(context, driver);
    const stream = second.client.keepAlive();
    await first.client.leaseGrant({ ID: 2, TTL: 60 });
    assert.equal((await stream.renew(2)).TTL, 60);
    await first.client.leaseRevoke({ ID: 2 });
    await waitFor('the revoke to be seen', async () => (await stream.renew(2)).TTL === 0, {
      timeoutMs: 2_000,
      intervalMs: 50,
    });
    await first.client.leaseGrant({ ID: 2, TTL: 90 });
    await waitFor('the new TTL', async () => (await stream.renew(2)).TTL === 90, { timeoutMs: 2_000, intervalMs: 50 });
    stream.close();
  });
}
