import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numberFromEnvironment } from '../parity/random.ts';
import { EtcdClient, Server, TINE_DRIVERS, withPrefix } from '../support/index.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const serverCount = 5;
const roundCount = numberFromEnvironment('TINE_TEST_RUNS', 3);

/** On a slow machine a database may not answer for five seconds, and then a retry is correct. */
function withoutSilences(log: string): string {
  return log
    .split('\n')
    .filter((line) => !line.includes('did not answer within'))
    .join('\n');
}

for (const driver of TINE_DRIVERS.filter(({ isFile }) => !isFile)) {
  test(`${driver.name}: five servers that start at the same moment without a database create one database`, async (context) => {
    for (let round = 0; round < roundCount; round += 1) {
      const dataDirectory = temporaryDirectory();
      const starts = await Promise.allSettled(
        Array.from({ length: serverCount }, () => Server.start({ driver, dataDirectory })),
      );
      const servers = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
      const clients = servers.map(({ address }) => new EtcdClient(address));
      try {
        const failures = starts.flatMap((start) => (start.status === 'rejected' ? [`${start.reason}`] : []));
        assert.deepEqual(failures, []);
        const written = await Promise.all(clients.map((client, index) => client.put({ key: `k/${index}` })));
        assert.equal(new Set(written.map(({ header }) => header.cluster_id)).size, 1, 'there is one cluster');
        assert.equal(new Set(written.map(({ header }) => header.revision)).size, serverCount);
        for (const client of clients) assert.equal((await client.range(withPrefix('k/'))).kvs.length, serverCount);
        // No start was retried: later instances waited.
        for (const server of servers)
          assert.doesNotMatch(
            withoutSilences(server.log()),
            /"level":"error"|database unavailable|request failed because of the database|trying again|retrying/,
          );
      } catch (error) {
        context.diagnostic(servers.map((server) => server.log()).join('\n---\n'));
        throw error;
      } finally {
        for (const client of clients) client.close();
        await Promise.all(servers.map((server) => server.remove()));
        await driver.dropStorage(dataDirectory);
      }
    }
  });
}
