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
const stallSeconds = 20;

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

  test('galera: a node that stops to apply the writes of the others is left, and used again when it goes on', async (context) => {
    const running = cluster();
    const [node] = running.nodes;
    assert.ok(node !== undefined);
    const dataDirectory = temporaryDirectory();
    const { server, client } = await ownServer(context, { driver: galeraAt(running, 0), dataDirectory });
    const { client: other } = await ownServer(context, { driver: galeraAt(running, 1), dataDirectory });
    await stallAtKey(node, { key: 'stall', database: databaseOf(server), seconds: stallSeconds });

    await other.put({ key: 'stall' });
    const startMs = Date.now();
    const found = await waitFor('a read', () => client.range({ key: 'stall' }).catch(() => undefined), {
      timeoutMs: stallSeconds * 1_000,
    });
    const tookMs = Date.now() - startMs;
    context.diagnostic(`a read ${tookMs} ms after the stall began`);
    assert.equal(found.kvs.length, 1, 'the read is current');
    assert.ok(tookMs < onThisMachine(8_000), `a read after ${tookMs} ms`);
    assert.match(server.log(), /does not apply the writes of its cluster.*switched to another database host/);
    await client.put({ key: 'after' });
    assert.equal((await other.range({ key: 'after' })).kvs.length, 1);
    await waitFor('tine to use the node again', () => /(switched.*){2}/s.test(server.log()), { timeoutMs: 60_000 });
    assert.equal((await client.range({ key: 'after' })).kvs.length, 1);
  });

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

/** Makes a node sleep when it applies the first row of a key that another node has written. */
async function stallAtKey(
  node: GaleraNode,
  { key, database, seconds }: { readonly key: string; readonly database: string; readonly seconds: number },
): Promise<void> {
  await node.query("SET GLOBAL slave_run_triggers_for_rbr = 'ENFORCE'");
  await node.query(
    `CREATE TRIGGER ${database}.stall BEFORE INSERT ON ${database}.kine FOR EACH ROW IF NEW.name = '${key}' AND @@port = ${node.port} THEN DO SLEEP(${seconds}); END IF`,
  );
}

/** The name of the database of a server. */
function databaseOf({ command }: Server): string {
  const [, name] = /\/(tine_[0-9a-f]+)/.exec(command.join(' ')) ?? [];
  assert.ok(name !== undefined);
  return name;
}

/** Whether more than the health-check connection to the node is open. */
async function isUsed(node: GaleraNode): Promise<boolean> {
  const [row] = await node.query(
    "SELECT COUNT(*) AS connections FROM information_schema.processlist WHERE db LIKE 'tine%'",
  );
  return Number(row?.connections) > 1;
}
