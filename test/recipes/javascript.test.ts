import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Campaign, Etcd3, EtcdLockFailedError, type IKeyValue } from 'etcd3';
import { sleep, TINE_DRIVERS, waitFor } from '../support/index.ts';
import { isChosen } from '../support/recipe-programs.ts';
import { twoServers } from '../support/two-servers.ts';

for (const driver of isChosen('javascript') ? TINE_DRIVERS.slice(0, 2) : []) {
  const servers = twoServers(driver);
  let prefixCount = 0;

  /** A test with a client of each server, and its own prefix. */
  function recipe(promise: string, run: (clients: [Etcd3, Etcd3], prefix: string) => Promise<void>): void {
    test(`${driver.name}: through two instances, npm's etcd3: ${promise}`, async () => {
      const [first, second] = servers.addresses.map((hosts) => new Etcd3({ hosts })) as [Etcd3, Etcd3];
      prefixCount += 1;
      try {
        await run([first, second], `/${prefixCount}/`);
      } finally {
        first.close();
        second.close();
      }
    });
  }

  recipe('a lock has one holder at a time, and a counter under the lock loses no update', async (clients, prefix) => {
    await clients[0].put(`${prefix}count`).value(0);
    const work = async (client: Etcd3): Promise<void> => {
      const countUp = async () => {
        const count = await client.get(`${prefix}count`).number();
        await client.put(`${prefix}count`).value((count ?? 0) + 1);
      };
      for (let done = 0; done < 5; ) {
        try {
          await client.lock(`${prefix}lock`).ttl(10).do(countUp);
          done += 1;
        } catch (error) {
          if (!(error instanceof EtcdLockFailedError)) throw error;
          await sleep(5);
        }
      }
    };
    await Promise.all([...clients, ...clients].map(work));
    assert.equal(await clients[1].get(`${prefix}count`).number(), 20);
  });

  recipe('an election has one leader at a time, and another after it resigns', async (clients, prefix) => {
    const elections = clients.map((client) => client.election(prefix, 10));
    const [observer] = await Promise.all(elections.map((election) => election.observe()));
    const led: string[] = [];
    const campaigns: Campaign[] = [];
    for (const [index, election] of elections.entries()) {
      const campaign = election.campaign(`candidate ${index}`);
      campaign.on('elected', () => led.push(`candidate ${index}`));
      campaigns.push(campaign);
      await waitFor('the candidate to stand', async () => {
        return (await clients[0].getAll().prefix(`election/${prefix}/`).count()) === index + 1;
      });
    }
    await waitFor('a leader', () => led.length > 0);
    assert.equal(await elections[1]?.leader(), 'candidate 0');
    await waitFor('the observer to see it', () => observer?.leader() === 'candidate 0');
    await campaigns[0]?.resign();
    await waitFor('the next leader', () => led.length > 1);
    assert.deepEqual(led, ['candidate 0', 'candidate 1']);
    assert.equal(await elections[0]?.leader(), 'candidate 1');
    await waitFor('the observer to see it', () => observer?.leader() === 'candidate 1');
    await campaigns[1]?.resign();
    await observer?.cancel();
  });

  recipe('software transactional memory loses no update', async (clients, prefix) => {
    await clients[0].put(`${prefix}count`).value(0);
    const countUp = (client: Etcd3) =>
      client.stm({ retries: 100 }).transact(async (store) => {
        const count = await store.get(`${prefix}count`).number();
        await store.put(`${prefix}count`).value((count ?? 0) + 1);
      });
    for (let round = 0; round < 5; round += 1) await Promise.all([...clients, ...clients].map(countUp));
    assert.equal(await clients[0].get(`${prefix}count`).number(), 20);
  });

  recipe(
    'a lease renewed through one instance is visible through the other, and its keys are deleted when it ends',
    async (clients, prefix) => {
      const lease = clients[0].lease(2);
      await lease.put(`${prefix}held`).value('x');
      const gone: string[] = [];
      const watcher = await clients[1].watch().prefix(prefix).create();
      watcher.on('delete', ({ key }: IKeyValue) => gone.push(key.toString()));
      await sleep(3_000);
      assert.equal(await clients[1].get(`${prefix}held`).string(), 'x');
      await lease.revoke();
      await waitFor('the delete', () => gone.length === 1);
      assert.deepEqual(gone, [`${prefix}held`]);
      await watcher.cancel();
    },
  );
}
