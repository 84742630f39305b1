/** What only a cluster shows: instances that start on several nodes at once. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { numberFromEnvironment } from '../parity/random.ts';
import { GaleraCluster } from '../support/galera-cluster.ts';
import { EtcdClient, galeraAt, Server, TINE_DRIVERS, temporaryDirectory } from '../support/index.ts';

const roundCount = numberFromEnvironment('TINE_TEST_RUNS', 2);
const instanceCount = 5;

if (TINE_DRIVERS.some(({ name }) => name === 'mariadb')) testGalera();

function testGalera(): void {
  let cluster: GaleraCluster | undefined;

  before(async () => {
    cluster = await GaleraCluster.start();
  });
  after(() => cluster?.remove());

  for (let round = 1; round <= roundCount; round += 1) {
    test(`galera: instances that start at once, on all nodes, serve one store (${round})`, async (context) => {
      const running = cluster as GaleraCluster;
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
}
