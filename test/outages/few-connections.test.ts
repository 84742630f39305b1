import assert from 'node:assert/strict';
import { test } from 'node:test';
import { remoteLimits } from '../../src/drivers/remote/remote-limits.ts';
import { type EtcdClient, ownServer, type RpcError, type Server, sleep, withPrefix } from '../support/index.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { DATABASES } from './databases.ts';
import { place, proxiedDriver } from './place.ts';
import { assertRecovers } from './recovery.ts';
import { Traffic } from './traffic.ts';

const requestCount = 80;
const countsMax = [3, 4, 5, 6, 10];
/** Connections that the server allows, fewer than tine is configured for. */
const refusedCounts = [2, 3, 5];

/** Longer than it takes to find an outage. */
const silenceMs = remoteLimits.probeMsMax + 2_000;

type Request = (client: EtcdClient, index: number) => Promise<unknown>;

/** Every kind of request that needs the database. */
const requests: Readonly<Record<string, Request>> = {
  put: (client, index) => client.put({ key: `few/${index}`, value: 'x'.repeat(1_000) }),
  get: (client, index) => client.range({ key: `few/${index}` }),
  list: (client) => client.range(withPrefix('few/')),
  'list of the past': (client) => client.range({ ...withPrefix('few/'), revision: 5 }),
  txn: (client, index) =>
    client.txn({
      compare: [{ target: 'VERSION', result: 'GREATER', key: `few/${index}`, version: 0 }],
      success: [{ request_put: { key: `few/${index}`, value: 'y' } }, { request_range: { key: `few/${index}` } }],
      failure: [],
    }),
  count: (client) => client.range({ ...withPrefix('few/'), count_only: true }),
  lease: (client) => client.leaseGrant({ TTL: 60 }),
  watch: async (client, index) => {
    const watch = client.watch();
    await watch.create({ key: `few/${index}`, start_revision: 2 });
    await watch.events(1);
    watch.close();
  },
  delete: (client, index) => client.deleteRange({ key: `few/${index}` }),
};

/** Requests sent at the same time. Each client is limited to about 100 streams. */
async function assertNoneFails(kind: string, calls: readonly Promise<unknown>[]): Promise<void> {
  const answers = await Promise.allSettled(calls);
  const failures = answers.flatMap((answer) => (answer.status === 'rejected' ? [`${answer.reason}`] : []));
  assert.deepEqual(failures, [], `requests of kind ${kind}`);
}

function times<Result>(count: number, call: (index: number) => Result): readonly Result[] {
  return Array.from({ length: count }, (_, index) => call(index));
}

/**
 * A defragmentation needs its own connection, besides one for notifications and one for requests.
 */
const countWithDefragmentationMin = 3;

async function assertServes(tine: Server, client: EtcdClient, countMax: number): Promise<void> {
  for (const [kind, request] of Object.entries(requests))
    await assertNoneFails(
      kind,
      times(requestCount, (index) => request(client, index)),
    );
  const kinds = Object.values(requests).filter((request) => request !== requests.watch);
  await assertNoneFails('all, while it defragments', [
    ...(countMax < countWithDefragmentationMin ? [] : [client.defragment({})]),
    ...times(requestCount, (index) => (kinds[index % kinds.length] as Request)(client, index)),
  ]);
  const { header } = await client.put({ key: 'few/last' });
  const compactions = times(requestCount, (index) =>
    client.compact({ revision: header.revision - index, physical: true }).catch((error: RpcError) => {
      // The later ones were overtaken by the first.
      assert.equal(error.code, 'OUT_OF_RANGE');
    }),
  );
  await assertNoneFails('compaction', compactions);
  assert.doesNotMatch(tine.log(), /"level":"error"/);
}

for (const database of DATABASES) {
  const shared = place(database);

  for (const countMax of countsMax) {
    test(`${database.name}: with --datastore-max-open-connections ${countMax} and a user limited to as many connections, no request fails`, async (context) => {
      const allow = await shared.administrator.limitConnections(countMax);
      context.after(allow);
      const logged = shared.server.log().length;
      const { server: tine, client } = await ownServer(context, {
        driver: database.driverAt(() => database.urlAt(shared.server.port)),
        arguments: ['--datastore-max-open-connections', `${countMax}`],
      });
      await assertServes(tine, client, countMax);
      assert.doesNotMatch(shared.server.log().slice(logged), /too many connections/i, 'tine has asked for no more');
    });
  }

  for (const countMax of refusedCounts) {
    test(`${database.name}: with a user limited to ${countMax} connections and tine's limit of 10, no request fails`, async (context) => {
      const allow = await shared.administrator.limitConnections(countMax);
      context.after(allow);
      const { server: tine, client } = await ownServer(context, {
        driver: database.driverAt(() => database.urlAt(shared.server.port)),
      });
      await assertServes(tine, client, countMax);
    });
  }

  test(`${database.name}: while the server accepts connections and is silent, tine keeps few open, and everything works when it continues`, async (context) => {
    const countMax = 4;
    const proxy = await TcpProxy.start(shared.server.port);
    context.after(() => proxy.close());
    const { server: tine, client } = await ownServer(context, {
      driver: proxiedDriver(database, shared.server, proxy),
      arguments: ['--datastore-max-open-connections', `${countMax}`],
    });
    const traffic = await Traffic.start(context, tine);
    const countAtMost = async (ms: number) => {
      let most = 0;
      for (const endMs = performance.now() + ms; performance.now() < endMs; await sleep(20))
        most = Math.max(most, proxy.connectionCount);
      return most;
    };
    shared.server.freeze(true);
    try {
      proxy.cut();
      // A second probe connects while the first one is silent; the option counts one. The proxy has
      // not closed the one that it replaces.
      const most = await countAtMost(silenceMs);
      assert.ok(most <= countMax + 2, `${most} connections before the outage is found`);
      await traffic.isRefused();
      assert.match(tine.log(), /receive no replies; they are closed/);
      // The probes, one for notifications, and the one that a probe replaces.
      const later = await countAtMost(silenceMs);
      assert.ok(later <= remoteLimits.probesAtOnceMax + 2, `${later} connections in the outage`);
    } finally {
      shared.server.freeze(false);
    }
    await assertRecovers(context, client, traffic);
  });
}
