import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { GaleraCluster } from '../../support/galera-cluster.ts';
import { failureOf, galeraAt, ownServer, TINE_DRIVERS, waitFor } from '../../support/index.ts';

const mebibyte = 1024 * 1024;
const tooLarge = { code: 'INVALID_ARGUMENT', details: 'etcdserver: request is too large' };
const allKeys = { key: '\0', range_end: '\0', count_only: true };

if (TINE_DRIVERS.some(({ name }) => name === 'mariadb')) {
  test('galera: a write above wsrep_max_ws_size is refused as too large until the setting is raised, and the log names the setting', async (context) => {
    const { node, client, server } = await onOneNode(context);
    await node.query(`SET GLOBAL wsrep_max_ws_size = ${mebibyte}`);
    const large = { key: 'large', value: randomBytes(mebibyte) };
    const { header } = await client.put({ key: 'first' });
    assert.deepEqual(await failureOf(client.put(large)), tooLarge);
    assert.deepEqual(await failureOf(client.txn({ success: [{ request_put: large }] })), tooLarge);
    await waitFor('the log', () => /larger than the wsrep_max_ws_size of the database; raise it/.test(server.log()));
    // Together the small writes are too large too. None of them is refused.
    const [failure] = await Promise.all([
      failureOf(client.put(large)),
      ...Array.from({ length: 30 }, (_, index) => client.put({ key: `small/${index}`, value: randomBytes(100_000) })),
    ]);
    assert.deepEqual(failure, tooLarge);
    const after = await client.range(allKeys);
    assert.equal(after.count, 31);
    assert.equal(after.header.revision, header.revision + 30, 'a refused write takes no revision');
    assert.doesNotMatch(server.log(), /connection to the database was lost/);
    await node.query(`SET GLOBAL wsrep_max_ws_size = ${64 * mebibyte}`);
    await client.put(large);
    assert.deepEqual((await client.range({ key: 'large' })).kvs[0]?.value, large.value);
  });

  test('galera: a transaction above wsrep_max_ws_rows is refused as too large, and writes that are too many together are not', async (context) => {
    const { node, client, server } = await onOneNode(context);
    await node.query('SET GLOBAL wsrep_max_ws_rows = 40');
    const puts = Array.from({ length: 100 }, (_, index) => ({ key: `many/${index}` }));
    assert.deepEqual(await failureOf(client.txn({ success: puts.map((request_put) => ({ request_put })) })), tooLarge);
    await waitFor('the log', () => /larger than the wsrep_max_ws_rows of the database; raise it/.test(server.log()));
    assert.equal((await client.range(allKeys)).count, 0);
    await Promise.all(puts.map((put) => client.put(put)));
    assert.equal((await client.range(allKeys)).count, puts.length);
  });
}

async function onOneNode(context: Parameters<typeof ownServer>[0]) {
  const cluster = await GaleraCluster.start(1);
  context.after(() => cluster.remove());
  const [node] = cluster.nodes;
  assert.ok(node !== undefined);
  return { node, ...(await ownServer(context, { driver: galeraAt(cluster, 0) })) };
}
