import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DRIVERS, suite, withPrefix } from '../../support/index.ts';

for (const driver of DRIVERS) {
  const shared = suite(driver);

  async function read(key: string | Buffer) {
    const { kvs } = await shared.client.range({ key });
    return kvs[0];
  }

  test(`${driver.name}: a put creates a key at version 1`, async () => {
    const key = shared.prefix();
    const { header, prev_kv } = await shared.client.put({ key, value: 'a' });
    assert.equal(prev_kv, null);
    assert.deepEqual(await read(key), {
      key: Buffer.from(key),
      value: Buffer.from('a'),
      create_revision: header.revision,
      mod_revision: header.revision,
      version: 1,
      lease: 0n,
    });
  });

  test(`${driver.name}: a put on an existing key keeps the create revision and increases the version`, async () => {
    const key = shared.prefix();
    const first = await shared.client.put({ key, value: 'a' });
    await shared.client.put({ key, value: 'b' });
    const third = await shared.client.put({ key, value: 'c' });
    const pair = await read(key);
    assert.equal(pair?.create_revision, first.header.revision);
    assert.equal(pair?.mod_revision, third.header.revision);
    assert.equal(pair?.version, 3);
    assert.equal(pair?.value.toString(), 'c');
  });

  test(`${driver.name}: a put after a delete starts again at version 1`, async () => {
    const key = shared.prefix();
    await shared.client.put({ key, value: 'a' });
    await shared.client.put({ key, value: 'b' });
    await shared.client.deleteRange({ key });
    const again = await shared.client.put({ key, value: 'c' });
    const pair = await read(key);
    assert.equal(pair?.create_revision, again.header.revision);
    assert.equal(pair?.version, 1);
  });

  test(`${driver.name}: a put returns the previous value when prev_kv is set`, async () => {
    const key = shared.prefix();
    const first = await shared.client.put({ key, value: 'a', prev_kv: true });
    assert.equal(first.prev_kv, null, 'a key that was not there has no previous value');
    const second = await shared.client.put({ key, value: 'b', prev_kv: true });
    assert.deepEqual(second.prev_kv, {
      key: Buffer.from(key),
      value: Buffer.from('a'),
      create_revision: first.header.revision,
      mod_revision: first.header.revision,
      version: 1,
      lease: 0n,
    });
    assert.equal((await shared.client.put({ key, value: 'c' })).prev_kv, null, 'nobody asked');
  });

  test(`${driver.name}: a put after a delete has no previous value`, async () => {
    const key = shared.prefix();
    await shared.client.put({ key, value: 'a' });
    await shared.client.deleteRange({ key });
    assert.equal((await shared.client.put({ key, value: 'b', prev_kv: true })).prev_kv, null);
  });

  test(`${driver.name}: values may have any bytes and may be empty`, async () => {
    const key = shared.prefix();
    const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    for (const value of [everyByte, Buffer.alloc(0), Buffer.alloc(1024 * 1024, 0xa5)]) {
      await shared.client.put({ key, value });
      assert.deepEqual((await read(key))?.value, value);
    }
  });

  test(`${driver.name}: keys may have any bytes, also bytes that are not valid text`, async () => {
    const prefix = Buffer.from(shared.prefix());
    const keys = Array.from({ length: 256 }, (_, byte) => Buffer.concat([prefix, Buffer.from([byte])]));
    for (const key of keys) await shared.client.put({ key, value: key });
    for (const key of keys) assert.deepEqual((await read(key))?.value, key);
    const { kvs } = await shared.client.range({
      key: prefix,
      range_end: Buffer.concat([prefix, Buffer.from([0xff, 0xff])]),
    });
    assert.deepEqual(
      kvs.map((pair) => pair.key),
      keys,
      'and they are ordered by byte',
    );
  });

  test(`${driver.name}: keys that differ only in case are different keys`, async () => {
    const prefix = shared.prefix();
    await shared.client.put({ key: `${prefix}Case`, value: 'upper' });
    await shared.client.put({ key: `${prefix}case`, value: 'lower' });
    assert.equal((await read(`${prefix}Case`))?.value.toString(), 'upper');
    assert.equal((await read(`${prefix}case`))?.value.toString(), 'lower');
  });

  test(`${driver.name}: trailing spaces are part of a key`, async () => {
    const prefix = shared.prefix();
    await shared.client.put({ key: `${prefix}k`, value: 'bare' });
    await shared.client.put({ key: `${prefix}k  `, value: 'padded' });
    assert.equal((await read(`${prefix}k`))?.value.toString(), 'bare');
    assert.equal((await read(`${prefix}k  `))?.value.toString(), 'padded');
  });

  test(`${driver.name}: a put with a lease attaches the key to it, and a put without a lease detaches the key`, async () => {
    const key = shared.prefix();
    const { ID } = await shared.client.leaseGrant({ TTL: 600 });
    await shared.client.put({ key, value: 'a', lease: ID });
    assert.equal((await read(key))?.lease, ID);
    await shared.client.put({ key, value: 'b' });
    assert.equal((await read(key))?.lease, 0n);
    assert.deepEqual((await shared.client.leaseTimeToLive({ ID, keys: true })).keys, []);
  });

  test(`${driver.name}: a put moves a key from one lease to another`, async () => {
    const key = shared.prefix();
    const first = await shared.client.leaseGrant({ TTL: 600 });
    const second = await shared.client.leaseGrant({ TTL: 600 });
    await shared.client.put({ key, lease: first.ID });
    await shared.client.put({ key, lease: second.ID });
    assert.deepEqual((await shared.client.leaseTimeToLive({ ID: first.ID, keys: true })).keys, []);
    await shared.client.leaseRevoke({ ID: first.ID });
    assert.equal((await read(key))?.lease, second.ID, 'the first lease has no hold on it any more');
  });

  test(`${driver.name}: ignore_value keeps the value and changes the lease`, async () => {
    const key = shared.prefix();
    const { ID } = await shared.client.leaseGrant({ TTL: 600 });
    await shared.client.put({ key, value: 'kept' });
    const { header } = await shared.client.put({ key, ignore_value: true, lease: ID });
    const pair = await read(key);
    assert.equal(pair?.value.toString(), 'kept');
    assert.equal(pair?.lease, ID);
    assert.equal(pair?.version, 2);
    assert.equal(pair?.mod_revision, header.revision);
  });

  test(`${driver.name}: ignore_lease keeps the lease and changes the value`, async () => {
    const key = shared.prefix();
    const { ID } = await shared.client.leaseGrant({ TTL: 600 });
    await shared.client.put({ key, value: 'a', lease: ID });
    await shared.client.put({ key, value: 'b', ignore_lease: true });
    const pair = await read(key);
    assert.equal(pair?.value.toString(), 'b');
    assert.equal(pair?.lease, ID);
    assert.equal(pair?.version, 2);
  });

  test(`${driver.name}: a put with ignore_value and ignore_lease writes the key again unchanged`, async () => {
    const key = shared.prefix();
    const { ID } = await shared.client.leaseGrant({ TTL: 600 });
    await shared.client.put({ key, value: 'a', lease: ID });
    const again = await shared.client.put({ key, ignore_value: true, ignore_lease: true, prev_kv: true });
    assert.equal(again.prev_kv?.version, 1);
    const pair = await read(key);
    assert.equal(pair?.value.toString(), 'a');
    assert.equal(pair?.lease, ID);
    assert.equal(pair?.version, 2);
  });

  test(`${driver.name}: a thousand concurrent puts take a thousand successive revisions`, async () => {
    const prefix = shared.prefix();
    const before = (await shared.client.range({ key: prefix })).header.revision;
    const writes = Array.from({ length: 1000 }, (_, index) =>
      shared.client.put({ key: `${prefix}${index}`, value: `${index}` }),
    );
    const revisions = (await Promise.all(writes)).map(({ header }) => header.revision);
    assert.deepEqual(
      revisions.toSorted((a, b) => a - b),
      Array.from({ length: 1000 }, (_, index) => before + 1 + index),
    );
  });

  test(`${driver.name}: a long key can be written, read and deleted (64 KiB on SQLite, 2,000 bytes elsewhere)`, async () => {
    const prefix = shared.prefix();
    // Each database server has its own limit for indexed keys: long-keys.test.ts.
    const key = prefix + 'k'.repeat(driver.isFile ? 64 * 1024 : 2_000);
    await shared.client.put({ key, value: 'a' });
    await shared.client.put({ key: `${key}/`, value: 'b' });
    assert.equal((await read(key))?.value.toString(), 'a');
    const { kvs } = await shared.client.range(withPrefix(key));
    assert.deepEqual(
      kvs.map(({ value }) => value.toString()),
      ['a', 'b'],
    );
    assert.equal((await shared.client.deleteRange(withPrefix(key))).deleted, 2);
  });
}
