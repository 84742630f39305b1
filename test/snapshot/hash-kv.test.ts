import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { chosenSeed } from '../parity/random.ts';
import {
  EtcdClient as Client,
  type Driver,
  type EtcdClient,
  etcd,
  failureOf,
  ownServer,
  Server,
  TINE_DRIVERS,
  waitFor,
  withPrefix,
} from '../support/index.ts';
import { hashKv } from './hash-kv.ts';
import { writeRandomHistory } from './random-history.ts';

for (const driver of TINE_DRIVERS) {
  test(`${driver.name}: HashKV equals etcd's at every revision, compacted or not`, async (context) => {
    const seed = chosenSeed();
    context.diagnostic(`TINE_TEST_SEED=${seed}`);
    const { clients } = await bothOn(context, driver);
    await sameHashes(clients, 0);
    for (let round = 0; round < 3; round += 1) {
      const head = await writeRandomHistory(clients, { seed: seed + round, stepCount: 60, leases: round === 0 });
      await sameHashesThrough(clients, head);
    }
  });

  test(`${driver.name}: HashKV of a store with only deleted keys equals etcd's`, async (context) => {
    const { clients } = await bothOn(context, driver);
    for (const client of clients) {
      for (const key of ['/a', '/b', '/a', '/c']) await client.put({ key, value: key });
      await client.compact({ revision: 5, physical: true });
      await client.deleteRange({ key: '/a' });
      await client.deleteRange({ key: '/', range_end: '0' });
    }
    await sameHashesThrough(clients, 7);
    for (const client of clients) await client.compact({ revision: 7, physical: true });
    await sameHashesThrough(clients, 7);
  });

  test(`${driver.name}: HashKV after a compaction without a stored hash equals the hash that etcd computes`, async (context) => {
    const { clients, reference } = await bothOn(context, driver);
    const head = await writeDeletions(clients);
    for (let revision = 3; revision <= head; revision += 4) {
      for (const client of clients) await client.compact({ revision });
      await forgetHashes(reference);
      await sameHashesThrough(clients, head);
    }
  });

  test(`${driver.name}: HashKV at a revision does not change when the revision is compacted and the store defragmented`, async (context) => {
    const { clients } = await bothOn(context, driver);
    const head = await writeDeletions(clients);
    // More than ten hashes, so that the oldest ones are removed.
    assert.ok(head > 12);
    for (let revision = 2; revision <= head; revision += 1) {
      const [before] = await Promise.all(clients.map((client) => hashKv(client, revision)));
      const isAnyKeyThere = (await clients[0].range({ ...withPrefix('/'), revision })).count > 0;
      for (const client of clients) {
        await client.compact({ revision, physical: true });
        await client.call('etcdserverpb.Maintenance', 'Defragment', {});
      }
      const [own, etcds] = await Promise.all(clients.map((client) => hashKv(client, revision)));
      assert.equal(own?.hash, etcds?.hash, `at revision ${revision}`);
      // When no key is left, etcd's compaction leaves out rows below the previous compaction, which
      // HashKV counted.
      if (isAnyKeyThere) assert.equal(own?.hash, before?.hash, `at revision ${revision}`);
      await sameHashesThrough(clients, head);
    }
  });

  test(`${driver.name}: every instance returns the hash of a compaction, also after a restart`, async (context) => {
    const { server, client } = await ownServer(context, { driver });
    const other = await Server.start({ driver, dataDirectory: server.dataDirectory });
    const otherClient = new Client(other.address);
    context.after(async () => {
      otherClient.close();
      await other.remove();
    });
    await client.put({ key: '/a', value: '1' });
    const { revision } = (await client.deleteRange({ key: '/a' })).header;
    const { hash } = await hashKv(client, revision);
    await client.compact({ revision, physical: true });
    await server.stop();
    await server.start();
    client.reconnect();
    for (const each of [client, otherClient]) assert.equal((await hashKv(each, revision)).hash, hash);
  });

  test(`${driver.name}: two instances return the same hash during writes`, async (context) => {
    const { server, client } = await ownServer(context, { driver });
    const other = await Server.start({ driver, dataDirectory: server.dataDirectory });
    const otherClient = new Client(other.address);
    context.after(async () => {
      otherClient.close();
      await other.remove();
    });
    const write = async (from: EtcdClient, count: number) => {
      let revision = 0;
      for (let index = 0; index < count; index += 1) {
        revision = (await from.put({ key: `/k/${index % 7}`, value: `${index}` })).header.revision;
      }
      return revision;
    };
    const revision = await write(client, 50);
    const expected = (await hashKv(client, revision)).hash;
    const hashes = [client, otherClient].map(async (each) => (await hashKv(each, revision)).hash);
    const [first, second] = await Promise.all([...hashes, write(client, 50), write(otherClient, 50)]);
    assert.deepEqual([first, second], [expected, expected]);
  });
}

/** A tine and an etcd, both empty. */
async function bothOn(context: TestContext, driver: Driver) {
  const tine = await ownServer(context, { driver });
  const reference = await ownServer(context, { driver: etcd });
  return { reference, clients: [tine.client, reference.client] as const };
}

/**
 * Deletions of a key, of several keys, in transactions, by revoking a lease and by its expiry, and
 * keys that are created again. Returns the newest revision.
 */
async function writeDeletions(clients: readonly EtcdClient[]): Promise<number> {
  const heads = await Promise.all(clients.map(writeDeletionsTo));
  assert.equal(new Set(heads).size, 1);
  return heads[0] as number;
}

async function writeDeletionsTo(client: EtcdClient): Promise<number> {
  const put = (...keys: string[]) => keys.map((key) => ({ request_put: { key, value: key } }));
  const remove = (...keys: string[]) => keys.map((key) => ({ request_delete_range: { key } }));
  await client.txn({ success: put('/a') });
  await client.txn({ success: remove('/a') });
  await client.txn({ success: put('/a', '/b', '/c', '/d') });
  await client.txn({ success: remove('/d', '/b') });
  await client.txn({ success: put('/b', '/e/1', '/e/2') });
  await client.deleteRange({ key: '/e', range_end: '/f' });
  for (const [ID, TTL] of [
    [7n, 600],
    [8n, 2],
  ] as const) {
    await client.leaseGrant({ ID, TTL });
    await client.txn({ success: ['/l/1', '/l/2'].map((key) => ({ request_put: { key, lease: ID } })) });
    if (TTL > 2) await client.leaseRevoke({ ID });
    await waitFor('the keys of the lease to go', async () => (await client.range(withPrefix('/l/'))).count === 0);
  }
  await client.txn({ success: [...remove('/c'), ...put('/a', '/d')] });
  await client.txn({ success: put('/c') });
  await client.deleteRange({ key: '/', range_end: '0' });
  return (await client.txn({ success: put('/z') })).header.revision;
}

/** etcd drops at its end the hashes that it computed during compactions. */
async function forgetHashes({
  server,
  client,
}: {
  readonly server: Server;
  readonly client: EtcdClient;
}): Promise<void> {
  await server.stop();
  await server.start();
  client.reconnect();
}

/**
 * Compares the hashes at every revision, including the ones before the first and after the last.
 */
async function sameHashesThrough(clients: readonly [EtcdClient, EtcdClient], head: number): Promise<void> {
  for (let revision = -1; revision <= head + 1; revision += 3) {
    const few = [revision, revision + 1, revision + 2];
    await Promise.all(few.map((each) => sameHashes(clients, each)));
  }
}

async function sameHashes(clients: readonly [EtcdClient, EtcdClient], revision: number): Promise<void> {
  const [own, etcds] = await Promise.all(clients.map((client) => outcome(client, revision)));
  assert.deepEqual(own, etcds, `HashKV at revision ${revision}`);
}

async function outcome(client: EtcdClient, revision: number) {
  const call = hashKv(client, revision);
  try {
    const { header, ...rest } = await call;
    return { ...rest, headRevision: header.revision };
  } catch {
    const { code, details } = await failureOf(call);
    return { code, details };
  }
}
