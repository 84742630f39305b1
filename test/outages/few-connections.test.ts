import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EtcdClient, ownServer, type RpcError, type Server, withPrefix } from '../support/index.ts';
import { DATABASES } from './databases.ts';
import { place } from './place.ts';

const requestCount = 80;
const countsMax = [3, 4, 5, 6, 10];
/** Connections that the server allows, fewer than tine is configured for. */
const refusedCounts = [2, 3, 5];

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
}
