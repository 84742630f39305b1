import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EtcdClient, kineProgram, TINE_DRIVERS } from '../support/index.ts';
import { serving, testDatabase, tine } from './databases.ts';

async function stored(client: EtcdClient, key: string): Promise<string | undefined> {
  const { kvs } = await client.range({ key });
  return kvs[0]?.value.toString();
}

// Debian has no package of kine. The rows that kine reads and writes are tested beside this file,
// kine itself only where it is installed.
for (const driver of kineProgram() === undefined ? [] : TINE_DRIVERS) {
  test(`${driver.name}: a database goes from tine to kine and back with every key`, async (context) => {
    const database = await testDatabase(context, driver);
    const keys = ['plain', '/registry/pods/a', '/registry/pods/A', 'compact_rev_key'];
    if (driver.dialect !== 'mysql') keys.push('é');
    await serving(database, async (client) => {
      for (const key of keys) {
        await client.put({ key, value: 'first' });
        await client.put({ key, value: key });
      }
      await client.txn({
        success: ['t1', 't2', 't3'].map((key) => ({ request_put: { key, value: key } })),
      });
      await client.put({ key: 't2', value: 'again' });
      await client.deleteRange({ key: 't1' });
      const { ID } = await client.leaseGrant({ TTL: 600 });
      await client.put({ key: 'leased', value: 'leased', lease: ID });
    });
    assert.match(tine('check', database).stdout, /: no faults: .* a database of tine$/m);
    assert.match(tine('release', database).stdout, /: returned to kine$/m);
    assert.match(tine('check', database).stdout, /: no faults: .* a database of kine/);
    assert.match(tine('release', database).stdout, /: is a database of kine already; nothing to do$/m);

    const read = async (client: EtcdClient) => {
      for (const key of [...keys, 't3', 'leased']) assert.equal(await stored(client, key), key);
      assert.equal(await stored(client, 't2'), 'again');
      assert.equal(await stored(client, 't1'), undefined);
    };
    await serving(
      database,
      async (client) => {
        await read(client);
        await client.put({ key: 'of kine', value: 'of kine' });
      },
      { kind: 'kine' },
    );

    assert.match(tine('check', database).stdout, /: no faults: .* a database of kine/);
    await serving(database, async (client) => {
      await read(client);
      assert.equal(await stored(client, 'of kine'), 'of kine');
      assert.equal((await client.leaseLeases({})).leases.length, 1);
    });
    assert.match(tine('check', database).stdout, /: no faults: .* a database of tine$/m);
  });
}
