/** A start whose connection dies half-way, and the lock that it leaves behind. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { remoteLimits } from '../../src/drivers/remote/remote-limits.ts';
import { etcd, ownServer, sleep, waitFor } from '../support/index.ts';
import { onThisMachine } from '../support/slowness.ts';
import { testDatabase } from '../transfer/databases.ts';
import { FollowProcess } from '../transfer/follow-process.ts';
import { DATABASES } from './databases.ts';
import { neighbour, place, type Site, site } from './place.ts';

/** An attempt without a reply is given up, and the server ends its connection. */
const abandonedMsMax = remoteLimits.prepareCheckIntervalMs * 2 + remoteLimits.probeMsMax;
const lockFreeMsMax = remoteLimits.prepareIdleMsMax + 2_000;
const silenceMs = 3_000;

/** Starts an instance again that waits for a table. Resolves when it waits. */
async function startsInto(context: TestContext, { tine }: Site): Promise<{ readonly serves: Promise<void> }> {
  const logged = tine.log().length;
  const serves = tine.start();
  serves.catch(() => {});
  context.after(() => serves.catch(() => {}));
  await waitFor('a start that waits', () => tine.log().slice(logged).includes('database unavailable'), {
    timeoutMs: 30_000,
  });
  return { serves };
}

async function timed(context: TestContext, what: string, work: Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work;
  const ms = performance.now() - startedMs;
  context.diagnostic(`${what} after ${Math.round(ms)} ms`);
  return ms;
}

for (const database of DATABASES) {
  const shared = place(database);

  test(`${database.name}: while an instance is frozen that holds the schema lock, another one starts`, async (context) => {
    const here = await site(context, shared);
    const { tine } = here;
    await here.client.put({ key: 'a', value: '1' });
    await tine.stop();
    const unblock = await shared.administrator.blockTable(here.databaseName, 'tine_migrations');
    const { serves } = await startsInto(context, here);
    tine.signal('SIGSTOP');
    await unblock();
    try {
      let second: Awaited<ReturnType<typeof neighbour>> | undefined;
      const starting = neighbour(context, shared, here).then(async (client) => {
        second = client;
        await waitFor('a put', () => client.put({ key: 'b' }).catch(() => undefined), { timeoutMs: 60_000 });
      });
      const ms = await timed(context, 'the other one serves', starting);
      assert.ok(ms < onThisMachine(lockFreeMsMax), `it took ${ms} ms`);
      assert.equal((await second?.range({ key: 'a' }))?.kvs[0]?.value.toString(), '1');
    } finally {
      tine.signal('SIGCONT');
    }
    await serves;
    assert.equal((await here.client.range({ key: 'b' })).kvs.length, 1, 'the frozen one serves too');
  });

  for (const table of ['tine_migrations', 'tine_state']) {
    test(`${database.name}: a start whose network drops all packets while it waits for ${table} serves soon after the network is back`, async (context) => {
      const here = await site(context, shared);
      const { tine, proxy, client } = here;
      await client.put({ key: 'a', value: '1' });
      await tine.stop();
      const unblock = await shared.administrator.blockTable(here.databaseName, table);
      const { serves } = await startsInto(context, here);
      proxy.swallow();
      await unblock();
      await sleep(silenceMs);
      proxy.stopSwallowing();
      const ms = await timed(context, 'it serves', serves);
      assert.ok(ms < onThisMachine(abandonedMsMax + lockFreeMsMax), `it took ${ms} ms`);
      assert.equal((await client.range({ key: 'a' })).kvs[0]?.value.toString(), '1');
    });
  }

  test(`${database.name}: a copy that follows tries again while its former connection holds the lock`, async (context) => {
    const source = await ownServer(context, { driver: etcd });
    const driver = {
      ...database.driverAt(() => database.urlAt(shared.server.port)),
      dropStorage: database.driverAt(() => shared.server.url).dropStorage,
    };
    const { access, endpoint } = await testDatabase(context, driver);
    const copy = new FollowProcess(source.server.url, endpoint);
    context.after(() => copy.end('SIGKILL'));
    await copy.untilFollowing();
    copy.signal('SIGSTOP');
    const [, name = ''] = /\/([a-z0-9_]+)(\?.*)?$/.exec(endpoint) ?? [];
    assert.ok((await shared.administrator.endConnections(name)) > 0);
    await access.whileLocked(async () => {
      copy.signal('SIGCONT');
      // The copy notices the loss when it writes.
      await source.client.put({ key: 'a' });
      await copy.untilPrinted(/another tine process .*trying again in/);
    });
    await copy.untilPrinted(/another tine process (.*\n)*following /);
    assert.deepEqual(await copy.end('SIGTERM'), { status: 0, signal: null });
  });
}
