import assert from 'node:assert/strict';
import { test } from 'node:test';
import { etcdctl } from '../../support/etcdctl.ts';
import {
  DRIVERS,
  type EtcdClient,
  failureOf,
  ownServer,
  suite,
  TINE_DRIVERS,
  waitFor,
  withPrefix,
} from '../../support/index.ts';

const noSpace = { code: 'RESOURCE_EXHAUSTED', details: 'etcdserver: mvcc: database space exceeded' };
const corrupt = { code: 'DATA_LOSS', details: 'etcdserver: corrupt cluster' };

const put = (key: string) => ({ request_put: { key, value: 'x' } });
const remove = (key: string) => ({ request_delete_range: { key } });
const range = (key: string) => ({ request_range: { key } });

/** Raises an alarm while `work` runs. */
async function under(client: EtcdClient, alarm: 'NOSPACE' | 'CORRUPT', work: () => Promise<void>): Promise<void> {
  await client.alarm({ action: 'ACTIVATE', memberID: 5, alarm });
  try {
    await work();
  } finally {
    await client.alarm({ action: 'DEACTIVATE', memberID: 5, alarm });
  }
}

for (const driver of DRIVERS) {
  const shared = suite(driver);

  test(`${driver.name}: an alarm can be raised, listed and disarmed with the same replies as in etcd`, async () => {
    const { client } = shared;
    const { revision } = (await client.put({ key: shared.prefix() })).header;
    const alarms = async (request: Parameters<typeof client.alarm>[0]) => {
      const reply = await client.alarm(request);
      assert.equal(reply.header.revision, revision);
      return reply.alarms;
    };
    const all = { action: 'GET' };
    // Any member id is accepted, and raising an alarm twice equals raising it once.
    for (const memberID of [7n, 2n ** 64n - 1n, 7n]) {
      const raised = await alarms({ action: 'ACTIVATE', memberID, alarm: 'NOSPACE' });
      assert.deepEqual(raised, [{ memberID, alarm: 'NOSPACE' }]);
    }
    await alarms({ action: 'ACTIVATE', memberID: 7, alarm: 'CORRUPT' });
    assert.deepEqual(await alarms({ action: 'ACTIVATE', memberID: 7 }), [], 'no alarm of no kind');
    const names = (await alarms(all)).map(({ memberID, alarm }) => `${memberID} ${alarm}`).sort();
    assert.deepEqual(names, ['18446744073709551615 NOSPACE', '7 CORRUPT', '7 NOSPACE']);
    assert.deepEqual(await alarms({ ...all, alarm: 'CORRUPT' }), [{ memberID: 7n, alarm: 'CORRUPT' }]);
    assert.deepEqual(await alarms({ action: 'DEACTIVATE', memberID: 8, alarm: 'CORRUPT' }), []);
    assert.deepEqual(await alarms({ action: 'DEACTIVATE', memberID: 7 }), []);
    for (const [memberID, alarm] of [
      [7n, 'CORRUPT'],
      [7n, 'NOSPACE'],
      [2n ** 64n - 1n, 'NOSPACE'],
    ] as const) {
      assert.deepEqual(await alarms({ action: 'DEACTIVATE', memberID, alarm }), [{ memberID, alarm }]);
    }
    assert.deepEqual(await alarms(all), []);
  });

  test(`${driver.name}: under NOSPACE, writes that need space are refused; reads, deletes, compaction and revokes work`, async () => {
    const { client } = shared;
    const prefix = shared.prefix();
    for (const name of ['a', 'b', 'c']) await client.put({ key: `${prefix}${name}`, value: 'x' });
    const lease = await client.leaseGrant({ TTL: 60 });
    await under(client, 'NOSPACE', async () => {
      assert.deepEqual(await failureOf(client.put({ key: `${prefix}a` })), noSpace);
      assert.deepEqual(await failureOf(client.leaseGrant({ TTL: 60 })), noSpace);
      const nested = { request_txn: { success: [put(`${prefix}d`)] } };
      // A put in the branch that is not taken counts too.
      for (const branches of [
        { success: [put(`${prefix}a`)] },
        { failure: [put(`${prefix}a`)] },
        { success: [remove(`${prefix}a`), nested] },
      ]) {
        assert.deepEqual(await failureOf(client.txn(branches)), noSpace);
      }
      const { kvs } = await client.range(withPrefix(prefix));
      assert.equal(kvs.length, 3);
      await client.txn({ success: [range(`${prefix}a`)] });
      assert.equal((await client.txn({ success: [remove(`${prefix}a`)] })).succeeded, true);
      const { deleted, header } = await client.deleteRange({ key: `${prefix}b` });
      assert.equal(deleted, 1);
      await client.compact({ revision: header.revision });
      await client.leaseRevoke({ ID: lease.ID });
      const { errors } = await client.status({});
      assert.deepEqual(
        errors.map((text) => text.split(/\s+/)),
        [['memberID:5', 'alarm:NOSPACE']],
      );
    });
    await client.put({ key: `${prefix}a` });
    assert.deepEqual((await client.status({})).errors, []);
  });

  test(`${driver.name}: under CORRUPT, all writes are refused and reads work`, async () => {
    const { client } = shared;
    const prefix = shared.prefix();
    const { revision } = (await client.put({ key: `${prefix}a`, value: 'x' })).header;
    const lease = await client.leaseGrant({ TTL: 60 });
    await under(client, 'CORRUPT', async () => {
      for (const call of [
        () => client.put({ key: `${prefix}a` }),
        () => client.deleteRange({ key: `${prefix}a` }),
        () => client.txn({ success: [remove(`${prefix}a`)] }),
        () => client.txn({ success: [{ request_txn: { success: [range(`${prefix}a`)] } }] }),
        () => client.compact({ revision }),
        () => client.leaseGrant({ TTL: 60 }),
        () => client.leaseRevoke({ ID: lease.ID }),
      ]) {
        assert.deepEqual(await failureOf(call()), corrupt);
      }
      assert.equal((await client.range({ key: `${prefix}a` })).count, 1);
      assert.equal((await client.txn({ success: [range(`${prefix}a`)] })).succeeded, true);
      // With both alarms, CORRUPT takes precedence.
      await under(client, 'NOSPACE', async () => {
        assert.deepEqual(await failureOf(client.put({ key: `${prefix}a` })), corrupt);
      });
    });
    await client.leaseRevoke({ ID: lease.ID });
  });

  test(`${driver.name}: an alarm survives a restart, and leases do not expire under CORRUPT`, async () => {
    const { client, server } = shared;
    const key = shared.prefix();
    const { ID } = await client.leaseGrant({ TTL: 2 });
    await client.put({ key, lease: ID });
    await under(client, 'CORRUPT', async () => {
      await server.stop();
      await server.start();
      client.reconnect();
      assert.deepEqual(await failureOf(client.put({ key })), corrupt);
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      assert.equal((await client.range({ key })).count, 1);
    });
    await waitFor('the lease to end', async () => (await client.range({ key })).count === 0);
  });

  test(`${driver.name}: /health is false under an alarm that is not excluded`, async () => {
    const { client, server } = shared;
    const get = (path: string) => fetch(`${server.url}${path}`);
    await under(client, 'NOSPACE', async () => {
      const reply = await get('/health');
      assert.equal(reply.status, 503);
      assert.deepEqual(await reply.json(), { health: 'false', reason: 'ALARM NOSPACE' });
      assert.equal((await get('/health?exclude=CORRUPT')).status, 503);
      assert.equal((await get('/health?exclude=NOSPACE')).status, 200);
      assert.equal((await get('/readyz')).status, 200);
    });
    await under(client, 'CORRUPT', async () => {
      assert.match(await (await get('/readyz')).text(), /^\[-\]data_corruption failed: alarm activated: CORRUPT$/m);
      assert.equal((await get('/livez')).status, 200);
    });
    assert.equal((await get('/health')).status, 200);
  });

  test(`${driver.name}: etcdctl lists and disarms alarms`, async () => {
    const { client, server } = shared;
    await client.alarm({ action: 'ACTIVATE', memberID: 5, alarm: 'NOSPACE' });
    await client.alarm({ action: 'ACTIVATE', memberID: 6, alarm: 'NOSPACE' });
    for (const command of ['list', 'disarm']) {
      const { stdout, stderr } = await etcdctl(server.address, ['alarm', command]);
      const lines = stdout
        .trim()
        .split('\n')
        .map((line) => line.replaceAll(/\s+/g, ' ').trim())
        .sort();
      assert.deepEqual(lines, ['memberID:5 alarm:NOSPACE', 'memberID:6 alarm:NOSPACE'], stderr);
    }
    assert.equal((await etcdctl(server.address, ['alarm', 'list'])).stdout, '');
  });
}

for (const driver of TINE_DRIVERS) {
  test(`${driver.name}: an alarm applies at once on every instance, also during writes`, async (context) => {
    const first = await ownServer(context, { driver });
    const second = await ownServer(context, { driver, dataDirectory: first.server.dataDirectory });
    await second.client.put({ key: 'k', value: '1' });
    for (let round = 0; round < 4; round += 1) {
      // Many puts run on the second instance while the first one raises the alarm.
      const puts = Array.from({ length: 20 }, (_, index) =>
        second.client.put({ key: `k${index}` }).then(
          () => 'written',
          () => 'refused',
        ),
      );
      await first.client.alarm({ action: 'ACTIVATE', memberID: 5, alarm: 'NOSPACE' });
      assert.deepEqual(await failureOf(second.client.put({ key: 'k' })), noSpace);
      assert.deepEqual((await second.client.alarm({ action: 'GET' })).alarms, [{ memberID: 5n, alarm: 'NOSPACE' }]);
      await Promise.all(puts);
      await second.client.alarm({ action: 'DEACTIVATE', memberID: 5, alarm: 'NOSPACE' });
      await first.client.put({ key: 'k' });
    }
  });
}
