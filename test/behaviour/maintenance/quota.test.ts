import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import {
  type EtcdClient,
  failureOf,
  ownServer,
  RpcError,
  sleep,
  TINE_DRIVERS,
  withPrefix,
} from '../../support/index.ts';

const mebibyte = 1024 * 1024;
const quotaBytes = 10 * mebibyte;
const noSpace = { code: 'RESOURCE_EXHAUSTED', details: 'etcdserver: mvcc: database space exceeded' };

/**
 * Puts 100 KB at a time until a put is refused. Returns the number of puts. MySQL reports its size
 * late, so the pace is limited.
 */
async function fillUntilRefused(client: EtcdClient): Promise<number> {
  for (let count = 0; count < 2_000; count += 1) {
    try {
      await client.put({ key: `k/${count}`, value: randomBytes(100_000) });
    } catch (error) {
      assert.ok(error instanceof RpcError);
      assert.deepEqual({ code: error.code, details: error.details }, noSpace);
      return count;
    }
    if (count * 100_000 > quotaBytes) await sleep(100);
  }
  return assert.fail('no put was refused');
}

for (const driver of TINE_DRIVERS) {
  test(`${driver.name}: writes above the quota are refused on every instance until space is freed and the alarm disarmed`, async (context) => {
    const options = ['--quota-backend-bytes', String(quotaBytes)];
    const first = await ownServer(context, { driver, arguments: options });
    const { dataDirectory } = first.server;
    const second = await ownServer(context, { driver, dataDirectory, arguments: [...options, '--name', 'second'] });
    const { header } = await first.client.put({ key: 'other', value: 'x' });

    const count = await fillUntilRefused(first.client);
    assert.ok(count > 60, `${count} puts of 100 KB were taken`);
    const { alarms } = await second.client.alarm({ action: 'GET' });
    assert.deepEqual(alarms, [{ memberID: header.member_id, alarm: 'NOSPACE' }]);
    const status = await second.client.status({});
    assert.equal(status.dbSizeQuota, quotaBytes);
    assert.equal(status.errors.length, 1);
    // At most one put above the quota, on databases that always report their current size.
    if (driver.dialect !== 'mysql') assert.ok(status.dbSize < quotaBytes + mebibyte, `${status.dbSize} bytes`);

    for (const { client } of [first, second]) {
      assert.deepEqual(await failureOf(client.put({ key: 'small' })), noSpace);
      assert.deepEqual(await failureOf(client.leaseGrant({ TTL: 60 })), noSpace);
      assert.equal((await client.range({ key: 'k/1', keys_only: true })).count, 1);
    }
    // Disarmed without free space: the next write above the quota raises the alarm again.
    await second.client.alarm({ action: 'DEACTIVATE', memberID: header.member_id, alarm: 'NOSPACE' });
    assert.deepEqual(await failureOf(first.client.put({ key: 'large', value: randomBytes(1_000_000) })), noSpace);
    assert.equal((await second.client.alarm({ action: 'GET' })).alarms.length, 1);

    const deleted = await second.client.deleteRange(withPrefix('k/'));
    assert.equal(deleted.deleted, count);
    await second.client.compact({ revision: deleted.header.revision, physical: true });
    await second.client.defragment({});
    await second.client.alarm({ action: 'DEACTIVATE', memberID: header.member_id, alarm: 'NOSPACE' });
    for (const { client } of [first, second]) await client.put({ key: 'k/1', value: randomBytes(100_000) });
    assert.deepEqual((await first.client.alarm({ action: 'GET' })).alarms, []);
    assert.match(first.server.log(), /"quotaBytes":10485760,"msg":"database quota reached/);
  });

  test(`${driver.name}: a quota of -1 means no quota, and the status shows it`, async (context) => {
    const { client } = await ownServer(context, { driver, arguments: ['--quota-backend-bytes=-1'] });
    await client.put({ key: 'k', value: randomBytes(1_000_000) });
    assert.equal((await client.status({})).dbSizeQuota, -1);
  });

  test(`${driver.name}: a transaction counts with its larger branch against the quota; reads and deletes do not count`, async (context) => {
    const { client } = await ownServer(context, { driver, arguments: ['--quota-backend-bytes', '1'] });
    assert.deepEqual(await failureOf(client.put({ key: 'k' })), noSpace);
    await client.txn({ success: [{ request_range: { key: 'k' } }] });
    await client.txn({ success: [{ request_delete_range: { key: 'k' } }] });
    await client.deleteRange({ key: 'k' });
    assert.deepEqual(await failureOf(client.txn({ failure: [{ request_put: { key: 'k' } }] })), noSpace);
  });
}
