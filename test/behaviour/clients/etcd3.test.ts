import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Etcd3, EtcdLockFailedError, type IKeyValue } from 'etcd3';
import { DRIVERS, sleep, suite, waitFor } from '../../support/index.ts';

for (const driver of DRIVERS) {
  const shared = suite(driver);

  function using(use: (client: Etcd3, prefix: string) => Promise<void>) {
    return async () => {
      const client = new Etcd3({ hosts: shared.server.url });
      try {
        await use(client, shared.prefix());
      } finally {
        client.close();
      }
    };
  }

  test(
    `${driver.name}: npm's etcd3 puts, gets and deletes`,
    using(async (client, prefix) => {
      await client.put(`${prefix}a`).value('1');
      await client.put(`${prefix}b`).value('2');
      assert.equal(await client.get(`${prefix}a`).string(), '1');
      assert.equal(await client.get(`${prefix}missing`).string(), null);
      assert.deepEqual(await client.getAll().prefix(prefix).strings(), { [`${prefix}a`]: '1', [`${prefix}b`]: '2' });
      assert.deepEqual(await client.getAll().prefix(prefix).sort('Key', 'Descend').limit(1).keys(), [`${prefix}b`]);
      assert.equal(await client.getAll().prefix(prefix).count(), 2);
      const { deleted } = await client.delete().prefix(prefix);
      assert.equal(deleted, '2');
    }),
  );

  test(
    `${driver.name}: npm's etcd3 runs transactions`,
    using(async (client, key) => {
      const create = () =>
        client.if(key, 'Create', '==', 0).then(client.put(key).value('mine')).else(client.get(key)).commit();
      assert.equal((await create()).succeeded, true);
      const second = await create();
      assert.equal(second.succeeded, false);
      assert.equal(second.responses[0]?.response_range?.kvs[0]?.value.toString(), 'mine');
    }),
  );

  test(
    `${driver.name}: npm's etcd3 watches, also from a past revision`,
    using(async (client, prefix) => {
      const { header } = await client.put(`${prefix}a`).value('0');
      const seen: string[] = [];
      const watcher = await client.watch().prefix(prefix).startRevision(header.revision).create();
      watcher.on('put', (pair: IKeyValue) => seen.push(`put ${pair.value}`));
      watcher.on('delete', () => seen.push('delete'));
      await client.put(`${prefix}a`).value('1');
      await client.delete().key(`${prefix}a`);
      await waitFor('three events', () => seen.length === 3);
      await watcher.cancel();
      assert.deepEqual(seen, ['put 0', 'put 1', 'delete']);
    }),
  );

  test(
    `${driver.name}: npm's etcd3 holds a lease, and its keys are deleted when it is revoked`,
    using(async (client, key) => {
      const lease = client.lease(10);
      await lease.put(key).value('held');
      assert.equal(await client.get(key).string(), 'held');
      await lease.keepaliveOnce();
      await lease.revoke();
      assert.equal(await client.get(key).string(), null);
    }),
  );

  test(
    `${driver.name}: npm's etcd3 locks with leases and transactions`,
    using(async (client, key) => {
      let inside = 0;
      let most = 0;
      const work = async () => {
        for (;;) {
          try {
            await client
              .lock(key)
              .ttl(10)
              .do(async () => {
                inside += 1;
                most = Math.max(most, inside);
                await sleep(10);
                inside -= 1;
              });
            return;
          } catch (error) {
            if (!(error instanceof EtcdLockFailedError)) throw error;
            await sleep(5);
          }
        }
      };
      await Promise.all(Array.from({ length: 5 }, work));
      assert.equal(most, 1);
    }),
  );

  test(
    `${driver.name}: npm's etcd3 receives etcd's errors`,
    using(async (client, key) => {
      const put = async () => client.put(key).value('x').lease('12345');
      await assert.rejects(put, /etcdserver: requested lease not found/);
    }),
  );

  test(
    `${driver.name}: npm's etcd3 reads status and members`,
    using(async (client) => {
      assert.match((await client.maintenance.status()).version, /^3\./);
      const { members } = await client.cluster.memberList({ linearizable: true });
      assert.deepEqual(members[0]?.clientURLs, [shared.server.url]);
    }),
  );
}
