import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureOf, ownServer, sleep, waitFor } from '../support/index.ts';
import { DATABASES, type Undo } from './databases.ts';
import { assertEverythingWorks } from './everything-works.ts';
import { place, site } from './place.ts';
import { assertRecovers } from './recovery.ts';
import { Traffic, unavailable } from './traffic.ts';

for (const database of DATABASES) {
  const shared = place(database);

  /**
   * Opens every free connection of the server, including connections that others close meanwhile.
   */
  async function occupyAll(): Promise<Undo> {
    const taken: Undo[] = [];
    for (let refusedCount = 0; refusedCount < 3; ) {
      const undo = await database.occupyConnection(shared.server.port).catch(() => undefined);
      if (undo !== undefined) taken.push(undo);
      refusedCount = undo === undefined ? refusedCount + 1 : 0;
    }
    return async () => {
      await Promise.all(taken.map((undo) => undo()));
    };
  }

  test(`${database.name}: while the database server has no free connection, every request is answered Unavailable, and afterwards everything works`, async (context) => {
    const { tine, client, proxy } = await site(context, shared);
    const traffic = await Traffic.start(context, tine);
    await proxy.refuse();
    const free = await occupyAll();
    await proxy.accept();
    await sleep(300);
    assert.deepEqual(await failureOf(client.put({ key: 'a' })), unavailable);
    assert.deepEqual(await failureOf(client.range({ key: 'a' })), unavailable);
    await traffic.isRefused();
    await waitFor('the log to say why', () => /too many|connection slots/i.test(tine.log()));
    await free();
    await assertRecovers(context, client, traffic);
  });

  test(`${database.name}: while tine's user cannot open more connections, requests are answered Unavailable, and afterwards everything works`, async (context) => {
    const { tine, client, proxy, databaseName } = await site(context, shared);
    const traffic = await Traffic.start(context, tine);
    const allow = await shared.administrator.limitConnections(1);
    context.after(allow);
    await proxy.refuse();
    await shared.administrator.endConnections(databaseName);
    const occupied = await waitFor('the only connection', () =>
      database.occupyConnection(shared.server.port).catch(() => undefined),
    );
    await proxy.accept();
    assert.deepEqual(await failureOf(client.put({ key: 'a' })), unavailable);
    await traffic.isRefused();
    await allow();
    await assertRecovers(context, client, traffic);
    await occupied();
  });

  test(`${database.name}: after a change of the password, open connections work; a request on a new connection is answered Unavailable, and the log has the reason`, async (context) => {
    const { tine, client, databaseName } = await site(context, shared);
    const traffic = await Traffic.start(context, tine);
    const restore = await shared.administrator.changePassword();
    context.after(restore);
    await traffic.flows();
    await shared.administrator.endConnections(databaseName);
    await waitFor('the end of all connections', () =>
      client.put({ key: 'a' }).then(
        () => shared.administrator.endConnections(databaseName).then(() => false),
        () => true,
      ),
    );
    assert.deepEqual(await failureOf(client.put({ key: 'a' })), unavailable);
    assert.deepEqual(await failureOf(client.range({ key: 'a' })), unavailable);
    await traffic.isRefused();
    assert.match(tine.log(), /"reason":"the database refuses a connection: .*(password|denied)/i);
    await restore();
    await assertRecovers(context, client, traffic);
    assert.doesNotMatch(tine.log(), /"level":"error"/);
  });

  test(`${database.name}: while the database is read-only, writes are answered Unavailable and the reason is logged, and afterwards everything works`, async (context) => {
    const { tine, client, proxy } = await site(context, shared);
    const traffic = await Traffic.start(context, tine);
    const allow = await shared.administrator.forbidWrites();
    context.after(allow);
    await traffic.isRefused(40);
    assert.deepEqual(await failureOf(client.put({ key: 'a' })), unavailable);
    assert.deepEqual(await failureOf(client.leaseGrant({ TTL: 10 })), unavailable);
    await waitFor('the log to say why', () => /read[- ]only/i.test(tine.log()));
    // Refused requests leave no open connections, because the server has a limit.
    const { connectionCount } = proxy;
    assert.ok(connectionCount < 20, `${connectionCount} connections are open`);
    await allow();
    await assertRecovers(context, client, traffic);
  });

  if (database.driverAt(() => '').dialect === 'mysql') {
    test(`${database.name}: a server that becomes a replica answers no request over its open connections, even if the user may write to it`, async (context) => {
      const { client, server: tine } = await ownServer(context, { driver: database.driverAt(() => shared.server.url) });
      await client.put({ key: 'a', value: '1' });
      await client.range({ key: 'a' });
      const allow = await shared.administrator.forbidWrites();
      context.after(allow);
      assert.deepEqual(await failureOf(client.range({ key: 'a' })), unavailable);
      assert.deepEqual(await failureOf(client.put({ key: 'a', value: '2' })), unavailable);
      assert.match(tine.log(), /"reason":"the database accepts no writes/);
      await allow();
      await waitFor('an answer', () => client.put({ key: 'a', value: '3' }).catch(() => undefined));
      assert.equal((await client.range({ key: 'a' })).kvs[0]?.version, 2);
    });
  }

  test(`${database.name}: idle connections that an administrator ends are replaced, and no request fails`, async (context) => {
    const { client, databaseName } = await site(context, shared);
    const watch = client.watch();
    await watch.create({ key: 'a' });
    for (let round = 0; round < 5; round += 1) {
      await client.put({ key: 'a', value: `${round}` });
      await client.range({ key: 'a', range_end: 'b' });
      await sleep(200);
      assert.ok((await shared.administrator.endConnections(databaseName)) > 0);
      assert.equal((await client.range({ key: 'a' })).kvs[0]?.value.toString(), `${round}`);
    }
    const events = await watch.events(5);
    assert.deepEqual(
      events.map(({ kv }) => kv.value.toString()),
      ['0', '1', '2', '3', '4'],
    );
    watch.close();
    await assertEverythingWorks(client);
  });

  test(`${database.name}: a connection that an administrator ends during a write is replaced, and the write is executed once`, async (context) => {
    const { client, databaseName } = await site(context, shared);
    await client.put({ key: 'a', value: '0' });
    const unlock = await shared.administrator.lockTables(databaseName);
    const put = client.put({ key: 'a', value: '1' }).then(
      () => 'OK',
      (error: Error) => error.message,
    );
    await sleep(300);
    assert.ok((await shared.administrator.endConnections(databaseName)) > 0);
    await sleep(100);
    await unlock();
    assert.equal(await put, 'OK');
    assert.equal((await client.range({ key: 'a' })).kvs[0]?.version, 2);
    await assertEverythingWorks(client);
  });

  test(`${database.name}: writes whose connections an administrator ends repeatedly are neither lost nor repeated`, async (context) => {
    const { tine, databaseName } = await site(context, shared);
    const traffic = await Traffic.start(context, tine);
    for (let round = 0; round < 20; round += 1) {
      await shared.administrator.endConnections(databaseName);
      await sleep(round * 7);
    }
    await traffic.flows();
    context.diagnostic(`${traffic.acknowledgedCount} acknowledged, ${traffic.refusedCount} refused`);
    await traffic.assertWhole();
  });
}
