import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chosenSeed } from '../parity/random.ts';
import {
  EtcdClient as Client,
  type EtcdClient,
  etcd,
  failureOf,
  ownServer,
  Server,
  TINE_DRIVERS,
} from '../support/index.ts';
import { hashKv } from './hash-kv.ts';
import { writeRandomHistory } from './random-history.ts';

for (const driver of TINE_DRIVERS.slice(0, 2)) {
  test(`${driver.name}: HashKV is etcd's at every revision, compacted or not`, async (context) => {
    const seed = chosenSeed();
    context.diagnostic(`TINE_TEST_SEED=${seed}`);
    const tine = await ownServer(context, { driver });
    const reference = await ownServer(context, { driver: etcd });
    const clients = [tine.client, reference.client];
    await sameHashes(tine.client, reference.client, 0);
    for (let round = 0; round < 3; round += 1) {
      const head = await writeRandomHistory(clients, { seed: seed + round, stepCount: 60, leases: round === 0 });
      await forgetHashes(reference);
      for (let revision = -1; revision <= head + 1; revision += 3) {
        const few = [revision, revision + 1, revision + 2];
        await Promise.all(few.map((each) => sameHashes(tine.client, reference.client, each)));
      }
    }
  });

  test(`${driver.name}: HashKV of a store whose keys are all deleted is etcd's`, async (context) => {
    const tine = await ownServer(context, { driver });
    const reference = await ownServer(context, { driver: etcd });
    const clients = [tine.client, reference.client];
    for (const client of clients) {
      for (const key of ['/a', '/b', '/a', '/c']) await client.put({ key, value: key });
      await client.compact({ revision: 5, physical: true });
      await client.deleteRange({ key: '/a' });
      await client.deleteRange({ key: '/', range_end: '0' });
    }
    await forgetHashes(reference);
    for (let revision = 0; revision <= 8; revision += 1) await sameHashes(tine.client, reference.client, revision);
    for (const client of clients) await client.compact({ revision: 7, physical: true });
    await forgetHashes(reference);
    for (let revision = 0; revision <= 8; revision += 1) await sameHashes(tine.client, reference.client, revision);
  });

  test(`${driver.name}: two instances give one hash, while others write`, async (context) => {
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

/** etcd remembers what it hashed while it compacted, and answers with that at this very revision until it ends. */
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

async function sameHashes(tine: EtcdClient, reference: EtcdClient, revision: number): Promise<void> {
  const [own, etcds] = await Promise.all([tine, reference].map((client) => outcome(client, revision)));
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
