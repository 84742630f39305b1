import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DRIVERS, keysOf, ownServer, suite, withPrefix } from '../../support/index.ts';

for (const driver of DRIVERS) {
  const shared = suite(driver);

  async function fill(...names: string[]): Promise<string> {
    const prefix = shared.prefix();
    for (const name of names) await shared.client.put({ key: prefix + name, value: `value of ${name}` });
    return prefix;
  }

  async function remaining(prefix: string): Promise<string[]> {
    return keysOf((await shared.client.range(withPrefix(prefix))).kvs).map((key) => key.slice(prefix.length));
  }

  test(`${driver.name}: a delete of one key removes the key and returns count 1`, async () => {
    const prefix = await fill('a', 'b');
    const reply = await shared.client.deleteRange({ key: `${prefix}a` });
    assert.equal(reply.deleted, 1);
    assert.deepEqual(reply.prev_kvs, []);
    assert.deepEqual(await remaining(prefix), ['b']);
  });

  test(`${driver.name}: a delete of a missing key deletes nothing`, async () => {
    const prefix = await fill('a');
    const reply = await shared.client.deleteRange({ key: `${prefix}missing`, prev_kv: true });
    assert.equal(reply.deleted, 0);
    assert.deepEqual(reply.prev_kvs, []);
  });

  test(`${driver.name}: a second delete of a key deletes nothing`, async () => {
    const prefix = await fill('a');
    const first = await shared.client.deleteRange({ key: `${prefix}a` });
    const second = await shared.client.deleteRange({ key: `${prefix}a` });
    assert.equal(second.deleted, 0);
    assert.equal(second.header.revision, first.header.revision);
  });

  test(`${driver.name}: a delete of a range removes all its keys at one revision`, async () => {
    const prefix = await fill('a', 'b', 'c', 'd');
    const { revision } = (await shared.client.range({ key: prefix })).header;
    const reply = await shared.client.deleteRange({ key: `${prefix}b`, range_end: `${prefix}d` });
    assert.equal(reply.deleted, 2);
    assert.equal(reply.header.revision, revision + 1);
    assert.deepEqual(await remaining(prefix), ['a', 'd']);
  });

  test(`${driver.name}: a delete returns the previous pairs in key order when prev_kv is set`, async () => {
    const prefix = await fill('b', 'a', 'c');
    const before = await shared.client.range(withPrefix(prefix));
    const reply = await shared.client.deleteRange({ ...withPrefix(prefix), prev_kv: true });
    assert.equal(reply.deleted, 3);
    assert.deepEqual(reply.prev_kvs, before.kvs);
  });

  test(`${driver.name}: a delete can cover all keys from a start key, or every key`, async (context) => {
    const { client } = await ownServer(context, { driver });
    for (const key of ['a', 'b', 'c', 'd']) await client.put({ key });
    assert.equal((await client.deleteRange({ key: 'c', range_end: '\0' })).deleted, 2);
    assert.deepEqual(keysOf((await client.range({ key: '\0', range_end: '\0' })).kvs), ['a', 'b']);
    assert.equal((await client.deleteRange({ key: '\0', range_end: '\0' })).deleted, 2);
    assert.equal((await client.range({ key: '\0', range_end: '\0' })).count, 0);
  });

  test(`${driver.name}: a delete of a range whose end is before its start deletes nothing`, async () => {
    const prefix = await fill('a', 'b');
    const reply = await shared.client.deleteRange({ key: `${prefix}b`, range_end: `${prefix}a` });
    assert.equal(reply.deleted, 0);
    assert.deepEqual(await remaining(prefix), ['a', 'b']);
  });

  test(`${driver.name}: a delete detaches a key from its lease`, async () => {
    const key = shared.prefix();
    const { ID } = await shared.client.leaseGrant({ TTL: 600 });
    await shared.client.put({ key, lease: ID });
    const reply = await shared.client.deleteRange({ key, prev_kv: true });
    assert.equal(reply.prev_kvs[0]?.lease, ID);
    assert.deepEqual((await shared.client.leaseTimeToLive({ ID, keys: true })).keys, []);
    await shared.client.put({ key, value: 'again' });
    await shared.client.leaseRevoke({ ID });
    assert.equal((await shared.client.range({ key })).count, 1);
  });

  test(`${driver.name}: a delete of a thousand keys takes one revision`, async () => {
    const prefix = shared.prefix();
    await Promise.all(Array.from({ length: 1000 }, (_, index) => shared.client.put({ key: `${prefix}${index}` })));
    const { revision } = (await shared.client.range({ key: prefix })).header;
    const reply = await shared.client.deleteRange({ ...withPrefix(prefix), prev_kv: true });
    assert.equal(reply.deleted, 1000);
    assert.equal(reply.prev_kvs.length, 1000);
    assert.equal(reply.header.revision, revision + 1);
    assert.deepEqual(await remaining(prefix), []);
    assert.equal((await shared.client.put({ key: `${prefix}0` })).header.revision, revision + 2);
  });
}
