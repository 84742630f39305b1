import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DRIVERS,
  EtcdClient,
  onePerDialect,
  ownServer,
  prefixEnd,
  ResumingWatch,
  RpcError,
  sleep,
  waitFor,
  withPrefix,
} from '../support/index.ts';

interface Acknowledged {
  readonly key: string;
  readonly value: string;
  readonly revision: number;
}

const writerCount = 24;
const keyCount = 60;
const killCount = 3;

/** Writes until the server is gone. Returns the acknowledged writes in order. */
async function writeUntilGone(client: EtcdClient, name: string, acknowledged: Acknowledged[]): Promise<void> {
  for (let count = 0; ; count += 1) {
    const key = `k/${(count * 7) % keyCount}`;
    const value = `${name}-${count}`;
    try {
      const { header } = await client.put({ key, value });
      acknowledged.push({ key, value, revision: header.revision });
    } catch (error) {
      assert.ok(error instanceof RpcError, String(error));
      return;
    }
  }
}

for (const driver of onePerDialect(DRIVERS)) {
  test(`${driver.name}: after kill -9 during writes every acknowledged write exists, and watches continue without gap or repetition`, async (context) => {
    const { server, client } = await ownServer(context, { driver });
    const watches = Array.from(
      { length: 3 },
      () => new ResumingWatch(new EtcdClient(server.address), withPrefix('k/')),
    );
    const acknowledged: Acknowledged[] = [];
    let lastRevision = 0;

    for (let round = 0; round < killCount; round += 1) {
      const written = Array.from({ length: writerCount }, (): Acknowledged[] => []);
      const writers = written.map((own, index) => writeUntilGone(client, `${round}.${index}`, own));
      await sleep(700);
      await waitFor('every writer to have written', () => written.every(({ length }) => length > 0));
      await server.kill();
      await Promise.all(writers);
      await server.start();
      client.reconnect();
      for (const own of written) {
        const revisions = own.map(({ revision }) => revision);
        assert.ok(
          revisions.every((revision, index) => revision > (revisions[index - 1] ?? lastRevision)),
          'revisions strictly grow, over a restart too',
        );
        acknowledged.push(...own);
      }
      lastRevision = (await client.range({ key: 'k/' })).header.revision;
      assert.ok(acknowledged.every(({ revision }) => revision <= lastRevision));
    }

    const { revision: end } = (await client.put({ key: 'k/end', value: 'end' })).header;
    assert.equal(end, lastRevision + 1);
    await waitFor('the watches to catch up', () => watches.every((watch) => watch.lastRevision === end));
    for (const watch of watches) await watch.close();

    const history = client.watch();
    await history.create({ ...withPrefix('k/'), start_revision: 1 });
    const all = (await history.until(({ events }) => events.at(-1)?.kv.mod_revision === end)).flatMap(
      ({ events }) => events,
    );
    history.close();
    const byRevision = new Map(all.map(({ kv }) => [kv.mod_revision, kv]));
    assert.equal(byRevision.size, all.length, 'no revision twice');
    assert.equal(all.length, end - 1, 'no revision left out');
    for (const { key, value, revision } of acknowledged) {
      const kv = byRevision.get(revision);
      assert.equal(kv?.key.toString(), key);
      assert.equal(kv?.value.toString(), value);
    }
    for (const watch of watches) assert.deepEqual(watch.events, all);

    const newest = new Map(all.map(({ kv }) => [kv.key.toString(), kv]));
    const { kvs } = await client.range({ key: 'k/', range_end: prefixEnd('k/') });
    assert.equal(kvs.length, newest.size);
    for (const kv of kvs) assert.deepEqual(kv, newest.get(kv.key.toString()));
  });

  test(`${driver.name}: after kill -9 every transaction exists completely or not at all`, async (context) => {
    const { server, client } = await ownServer(context, { driver });
    const names = ['a', 'b', 'c', 'd', 'e'];
    const counts = Array.from({ length: 16 }, () => 0);
    const writer = async (group: number): Promise<number> => {
      for (let count = 0; ; count += 1) {
        const operations = names.map((name) => ({ request_put: { key: `t/${group}/${name}`, value: `${count}` } }));
        try {
          await client.txn({ success: operations });
          counts[group] = count + 1;
        } catch (error) {
          assert.ok(error instanceof RpcError, String(error));
          return count - 1;
        }
      }
    };
    const writers = counts.map((_, group) => writer(group));
    await sleep(500);
    await waitFor('a transaction of every group', () => counts.every((count) => count > 0));
    await server.kill();
    const lastAcknowledged = await Promise.all(writers);
    await server.start();
    client.reconnect();
    for (const [group, last] of lastAcknowledged.entries()) {
      const { kvs } = await client.range(withPrefix(`t/${group}/`));
      const values = new Set(kvs.map(({ value }) => Number(value)));
      assert.equal(kvs.length, names.length);
      assert.equal(values.size, 1, `group ${group} is torn: ${[...values]}`);
      assert.equal(new Set(kvs.map(({ mod_revision }) => mod_revision)).size, 1);
      assert.ok([last, last + 1].includes([...values][0] as number), 'the last acknowledged one, or the one in doubt');
    }
  });

  test(`${driver.name}: after kill -9 a lease lives as long as its last keepalive promised`, async (context) => {
    const { server, client } = await ownServer(context, { driver });
    const { ID } = await client.leaseGrant({ TTL: 5 });
    await client.put({ key: 'leased', lease: ID });
    await sleep(3_500);
    const stream = client.keepAlive();
    const renewed = await stream.renew(ID);
    const promisedUntil = Date.now() + renewed.TTL * 1_000;
    await server.kill();
    await server.start();
    client.reconnect();
    await sleep(Math.max(0, promisedUntil - 700 - Date.now()));
    assert.equal((await client.range({ key: 'leased' })).count, 1, 'the keepalive was answered, so it holds');
    await waitFor('the expiry', async () => (await client.range({ key: 'leased' })).count === 0, { timeoutMs: 15_000 });
  });

  test(`${driver.name}: kill -9 during compactions loses no current key`, async (context) => {
    const { server, client } = await ownServer(context, { driver });
    const expected = new Map<string, string>();
    for (let round = 0; round < 2; round += 1) {
      for (let first = 0; first < 1_000; first += 50) {
        await Promise.all(
          Array.from({ length: 50 }, async (_, index) => {
            const key = `c/${(first + index) % 100}`;
            await client.put({ key, value: `${round}-${first + index}` });
          }),
        );
        for (let index = 0; index < 50; index += 1)
          expected.set(`c/${(first + index) % 100}`, `${round}-${first + index}`);
      }
      const { revision } = (await client.range({ key: 'c/' })).header;
      await client.compact({ revision: revision - 10 });
      await sleep(round * 30);
      await server.kill();
      await server.start();
      client.reconnect();
      const { kvs } = await client.range(withPrefix('c/'));
      assert.deepEqual(
        new Map(kvs.map(({ key, value }) => [key.toString(), value.toString()])),
        new Map([...expected].sort()),
      );
      assert.equal((await client.range({ key: 'c/5', revision: revision - 10 })).count, 1);
    }
  });
}
