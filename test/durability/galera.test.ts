/**
 * Tests that need a cluster: instances that start on several nodes at once, and the failure of the
 * node in use.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numberFromEnvironment } from '../parity/random.ts';
import { type GaleraNode, sharedCluster } from '../support/galera-cluster.ts';
import {
  EtcdClient,
  galeraAt,
  keysOf,
  ownServer,
  Server,
  sleep,
  TINE_DRIVERS,
  temporaryDirectory,
  waitFor,
  withPrefix,
} from '../support/index.ts';
import { onThisMachine } from '../support/slowness.ts';

const roundCount = numberFromEnvironment('TINE_TEST_RUNS', 2);
const instanceCount = 5;

if (TINE_DRIVERS.some(({ name }) => name === 'mariadb')) testGalera();

function testGalera(): void {
  const cluster = sharedCluster();

  for (let round = 1; round <= roundCount; round += 1) {
    test(`galera: instances that start at the same moment on all nodes serve one store (${round})`, async (context) => {
      const running = cluster();
      const dataDirectory = temporaryDirectory();
      const started = await Promise.allSettled(
        Array.from({ length: instanceCount }, (_, index) =>
          Server.start({ driver: galeraAt(running, index % running.nodes.length), dataDirectory }),
        ),
      );
      const servers = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      context.after(() => Promise.all(servers.map((server) => server.remove())));
      for (const each of started) if (each.status === 'rejected') throw each.reason;

      const clients = servers.map(({ address }) => new EtcdClient(address));
      const headers = await Promise.all(
        clients.map(async (client, index) => (await client.put({ key: `from/${index}`, value: 'x' })).header),
      );
      assert.equal(new Set(headers.map(({ cluster_id }) => `${cluster_id}`)).size, 1, 'one cluster id');
      assert.equal(new Set(headers.map(({ revision }) => revision)).size, instanceCount, 'each write has a revision');
      for (const client of clients) {
        assert.equal((await client.range({ key: 'from/', range_end: 'from0' })).kvs.length, instanceCount);
        client.close();
      }
    });
  }

  test('galera: writes resume within 5 s after the node in use dies, return to it later, and no write is lost', async (context) => {
    const running = cluster();
    const [node] = running.nodes;
    assert.ok(node !== undefined);
    const { client } = await ownServer(context, { driver: galeraAt(running, 0) });
    const acknowledged: { readonly key: string; readonly atMs: number }[] = [];
    let isOver = false;
    const writing = (async () => {
      for (let count = 0; !isOver; count += 1) {
        const key = `k/${count}`;
        await client.put({ key }).then(
          () => acknowledged.push({ key, atMs: Date.now() }),
          () => sleep(20),
        );
      }
    })();
    await waitFor('writes', () => acknowledged.length > 10);
    const killedMs = Date.now();
    await node.kill();
    const again = await waitFor('writes again', () => acknowledged.find(({ atMs }) => atMs > killedMs + 100), {
      timeoutMs: 30_000,
    });
    context.diagnostic(`writes again ${again.atMs - killedMs} ms after the death of the node`);
    assert.ok(again.atMs - killedMs < onThisMachine(5_000), `writes again after ${again.atMs - killedMs} ms`);

    await node.start();
    await waitFor('tine to use the node again', () => isUsed(node), { timeoutMs: 60_000, intervalMs: 200 });
    const countBefore = acknowledged.length;
    await waitFor('writes over it', () => acknowledged.length > countBefore + 10);
    isOver = true;
    await writing;
    const there = new Set(keysOf((await client.range({ ...withPrefix('k/'), keys_only: true })).kvs));
    const lost = acknowledged.filter(({ key }) => !there.has(key));
    assert.deepEqual(lost, []);
  });
}

/** Whether more than the health-check connection to the node is open. */
async function isUsed(node: GaleraNode): Promise<boolean> {
  const [row] = await node.query(
    "SELECT COUNT(*) AS connections FROM information_schema.processlist WHERE db LIKE 'tine%'",
  );
  return Number(row?.connections) > 1;
}
