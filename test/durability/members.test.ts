import assert from 'node:assert/strict';
import { test } from 'node:test';
import { etcdctl } from '../support/etcdctl.ts';
import { type EtcdClient, onePerDialect, ownServer, TINE_DRIVERS, waitFor } from '../support/index.ts';

async function namesOf(client: EtcdClient): Promise<readonly string[]> {
  return (await client.memberList({ linearizable: true })).members.map(({ name }) => name).sort();
}

for (const driver of onePerDialect(TINE_DRIVERS)) {
  test(`${driver.name}: the member list of every instance shows all live instances with their advertised URLs`, async (context) => {
    const first = await ownServer(context, { driver, arguments: ['--name', 'first'] });
    const { dataDirectory } = first.server;
    const second = await ownServer(context, { driver, dataDirectory, arguments: ['--name', 'second'] });
    const third = await ownServer(context, { driver, dataDirectory, arguments: ['--name', 'third'] });
    const all = [first, second, third];
    for (const { client } of all) {
      await waitFor('all three to be listed', async () => (await namesOf(client)).length === 3);
      const { header, members } = await client.memberList({ linearizable: true });
      assert.deepEqual(
        members.map(({ clientURLs }) => clientURLs).sort(),
        all.map(({ server }) => [server.url]).sort(),
      );
      assert.equal(header.cluster_id, (await first.client.memberList({})).header.cluster_id);
    }
    assert.equal(new Set((await first.client.memberList({})).members.map(({ ID }) => ID)).size, 3);

    // A stopped instance removes itself; a killed one is removed after a timeout.
    await third.server.stop();
    assert.deepEqual(await namesOf(first.client), ['first', 'second']);
    await second.server.kill();
    await waitFor('the killed one to be gone', async () => (await namesOf(first.client)).length === 1, {
      timeoutMs: 40_000,
    });
    assert.deepEqual(await namesOf(first.client), ['first']);
    await second.server.start();
    await waitFor('it to be back', async () => (await namesOf(first.client)).length === 2);
  });

  test(`${driver.name}: etcdctl finds all instances through one of them, with one leader`, async (context) => {
    const first = await ownServer(context, { driver, arguments: ['--name', 'first'] });
    const { dataDirectory } = first.server;
    const second = await ownServer(context, { driver, dataDirectory, arguments: ['--name', 'second'] });
    await waitFor('both to be listed', async () => (await namesOf(first.client)).length === 2);
    const { status, stdout, stderr } = await etcdctl(first.server.address, [
      'endpoint',
      'status',
      '--cluster',
      '--write-out=json',
    ]);
    assert.equal(status, 0, stderr);
    const found = JSON.parse(stdout) as readonly { Endpoint: string; Status: { leader: number } }[];
    assert.deepEqual(found.map(({ Endpoint }) => Endpoint).sort(), [first.server.url, second.server.url].sort());
    assert.equal(new Set(found.map(({ Status }) => Status.leader)).size, 1);
  });

  test(`${driver.name}: a client with a list of endpoints continues when the instance in use is killed`, async (context) => {
    const first = await ownServer(context, { driver });
    const second = await ownServer(context, { driver, dataDirectory: first.server.dataDirectory });
    const endpoints = `${first.server.address},${second.server.address}`;
    assert.equal((await etcdctl(endpoints, ['put', 'k', '1'])).status, 0);
    await first.server.kill();
    const { status, stdout, stderr } = await etcdctl(endpoints, ['get', 'k', '--print-value-only']);
    assert.equal(status, 0, stderr);
    assert.equal(stdout, '1\n');
    assert.equal((await etcdctl(endpoints, ['put', 'k', '2'])).status, 0);
  });
}
