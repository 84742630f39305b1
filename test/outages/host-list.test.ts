import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Driver, type EtcdClient, ownServer, type Server, sleep, waitFor } from '../support/index.ts';
import { onThisMachine } from '../support/slowness.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { DATABASES } from './databases.ts';
import { listDriver } from './host-list.ts';
import { type Place, place } from './place.ts';
import { Traffic } from './traffic.ts';

/** The promise: writes work again within this many ms after a host's failure. */
const writesAgainMsMax = 5_000;

/** One server with two addresses. */
interface TwoWays {
  readonly first: TcpProxy;
  readonly second: TcpProxy;
  readonly tine: Server;
  readonly client: EtcdClient;
}

async function twoWays(context: TestContext, { database, server }: Place): Promise<TwoWays> {
  const [first, second] = await Promise.all([TcpProxy.start(server.port), TcpProxy.start(server.port)]);
  context.after(() => Promise.all([first.close(), second.close()]));
  const driver: Driver = {
    ...listDriver(
      database.driverAt(() => database.urlAt(first.port)),
      [first.port, second.port],
    ),
    dropStorage: database.driverAt(() => server.url).dropStorage,
  };
  return { first, second, ...(await tineOn(context, driver)) };
}

async function tineOn(context: TestContext, driver: Driver): Promise<{ tine: Server; client: EtcdClient }> {
  const { server: tine, client } = await ownServer(context, { driver });
  return { tine, client };
}

/** Whether tine uses the host: more than the health-check connection is open. */
function isUsed(proxy: TcpProxy): boolean {
  return proxy.connectionCount > 1;
}

for (const database of DATABASES) {
  const shared = place(database);

  for (const how of ['refuses connections', 'is silent'] as const) {
    test(`${database.name}: when the first host ${how}, writes continue on the second, and no request fails when tine returns to the first`, async (context) => {
      const { first, second, tine } = await twoWays(context, shared);
      const traffic = await Traffic.start(context, tine);
      assert.ok(isUsed(first) && !isUsed(second), 'the first is preferred');
      if (how === 'is silent') first.swallow();
      else await first.refuse();
      const { writesMs } = await traffic.flows();
      context.diagnostic(`writes after ${Math.round(writesMs)} ms, ${traffic.refusedCount} refused`);
      assert.ok(writesMs < onThisMachine(writesAgainMsMax), `writes took ${writesMs} ms`);
      await waitFor('the second to be used', () => isUsed(second));

      // Connections that have lost bytes cannot be used again, even if the proxy still holds them
      // open.
      first.cut();
      if (how === 'is silent') first.stopSwallowing();
      else await first.accept();
      await sleep(1_000);
      await traffic.recovered();
      const { refusedCount } = traffic;
      assert.ok(!isUsed(first), 'it is not trusted at once');
      await waitFor('the first to be used again', () => isUsed(first) && !isUsed(second), { timeoutMs: 15_000 });
      await traffic.flows();
      assert.equal(traffic.refusedCount, refusedCount, 'coming back fails no request');
      await traffic.assertWhole();
      assert.doesNotMatch(tine.log(), /"level":"error"/, 'a host that is left is no fault of tine');
    });
  }

  test(`${database.name}: a host whose connections are cut repeatedly is kept while new connections succeed`, async (context) => {
    const { first, second, tine } = await twoWays(context, shared);
    const traffic = await Traffic.start(context, tine);
    for (let round = 0; round < 10; round += 1) {
      first.cut();
      await sleep(50 * round);
      // tine would correctly leave a host to which no connection succeeds.
      await traffic.flows();
      assert.ok(!isUsed(second));
    }
    await traffic.assertWhole();
  });

  test(`${database.name}: while no host answers, requests are refused, and afterwards everything works`, async (context) => {
    const { first, second, tine } = await twoWays(context, shared);
    const traffic = await Traffic.start(context, tine);
    await Promise.all([first.refuse(), second.refuse()]);
    await traffic.isRefused();
    await second.accept();
    const { writesMs } = await traffic.flows();
    assert.ok(writesMs < onThisMachine(1_000), `writes took ${writesMs} ms`);
    await traffic.assertWhole();
    assert.doesNotMatch(tine.log(), /"level":"error"/);
  });

  test(`${database.name}: at the start tine uses the host that answers`, async (context) => {
    const { server } = shared;
    const gone = await TcpProxy.start(server.port);
    context.after(() => gone.close());
    const there = await TcpProxy.start(server.port);
    context.after(() => there.close());
    await gone.refuse();
    const driver: Driver = {
      ...listDriver(
        database.driverAt(() => database.urlAt(gone.port)),
        [gone.port, there.port],
      ),
      dropStorage: database.driverAt(() => server.url).dropStorage,
    };
    const { client } = await tineOn(context, driver);
    await client.put({ key: 'a', value: '1' });
    assert.ok(isUsed(there));
  });
}
