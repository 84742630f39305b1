import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DRIVERS, EtcdClient, keysOf, prefixEnd, suite, withPrefix } from '../../support/index.ts';

for (const driver of DRIVERS) {
  const names = ['a', 'b', 'b/1', 'b/2', 'c'];
  let prefix = '';
  let revisions: number[] = [];
  const shared = suite(driver, {
    prepare: async ({ client, prefix: newPrefix }) => {
      prefix = newPrefix();
      revisions = [];
      for (const name of names) {
        revisions.push((await client.put({ key: prefix + name, value: `value of ${name}` })).header.revision);
      }
    },
  });

  function found(reply: { kvs: { key: Buffer }[] }): string[] {
    return keysOf(reply.kvs as { key: Buffer }[]).map((key) => key.slice(prefix.length));
  }

  test(`${driver.name}: a range without an end is a single key`, async () => {
    const reply = await shared.client.range({ key: `${prefix}b` });
    assert.deepEqual(found(reply), ['b']);
    assert.equal(reply.count, 1);
    assert.equal(reply.more, false);
  });

  test(`${driver.name}: a missing key gives an empty reply`, async () => {
    const reply = await shared.client.range({ key: `${prefix}nothing` });
    assert.deepEqual(reply.kvs, []);
    assert.equal(reply.count, 0);
    assert.equal(reply.more, false);
  });

  test(`${driver.name}: a range includes its start and excludes its end, in key order`, async () => {
    const reply = await shared.client.range({ key: `${prefix}b`, range_end: `${prefix}c` });
    assert.deepEqual(found(reply), ['b', 'b/1', 'b/2']);
    assert.equal(reply.count, 3);
  });

  test(`${driver.name}: a prefix range returns the keys with that prefix`, async () => {
    assert.deepEqual(found(await shared.client.range(withPrefix(`${prefix}b/`))), ['b/1', 'b/2']);
  });

  test(`${driver.name}: a range whose end is not after its start is empty`, async () => {
    for (const range_end of [`${prefix}a`, `${prefix}c`]) {
      const reply = await shared.client.range({ key: `${prefix}c`, range_end });
      assert.deepEqual(reply.kvs, []);
      assert.equal(reply.count, 0);
    }
  });

  test(`${driver.name}: a range whose end is a zero byte returns every key from its start`, async () => {
    const reply = await shared.client.range({ key: `${prefix}b/2`, range_end: '\0' });
    assert.deepEqual(found(reply).slice(0, 2), ['b/2', 'c']);
    const others = reply.kvs.filter(({ key }) => !key.toString().startsWith(prefix));
    assert.ok(others.every(({ key }) => key.toString() > prefix));
  });

  test(`${driver.name}: a range from zero byte to zero byte returns every key`, async () => {
    const reply = await shared.client.range({ key: '\0', range_end: '\0' });
    const expected = names.map((name) => prefix + name);
    assert.deepEqual(
      keysOf(reply.kvs).filter((key) => key.startsWith(prefix)),
      expected,
    );
    assert.equal(reply.count, reply.kvs.length);
  });

  test(`${driver.name}: a limit returns the first keys, sets more, and counts all keys`, async () => {
    const reply = await shared.client.range({ ...withPrefix(prefix), limit: 2 });
    assert.deepEqual(found(reply), ['a', 'b']);
    assert.equal(reply.more, true);
    assert.equal(reply.count, 5);
  });

  test(`${driver.name}: a limit equal to or above the number of keys does not set more`, async () => {
    for (const limit of [5, 6, 1_000_000]) {
      const reply = await shared.client.range({ ...withPrefix(prefix), limit });
      assert.equal(reply.kvs.length, 5);
      assert.equal(reply.more, false);
      assert.equal(reply.count, 5);
    }
  });

  test(`${driver.name}: pages at one revision return every key once`, async () => {
    const { revision } = (await shared.client.range({ key: prefix })).header;
    const seen: string[] = [];
    let key = Buffer.from(prefix);
    for (;;) {
      const page = await shared.client.range({ key, range_end: prefixEnd(prefix), limit: 2, revision });
      seen.push(...found(page));
      assert.equal(page.count, names.length - seen.length + page.kvs.length, 'the count is of the rest of the range');
      if (!page.more) break;
      key = Buffer.concat([page.kvs.at(-1)?.key ?? key, Buffer.from([0])]);
    }
    assert.deepEqual(seen, names);
  });

  test(`${driver.name}: keys_only returns keys without values`, async () => {
    const reply = await shared.client.range({ ...withPrefix(prefix), keys_only: true });
    assert.deepEqual(found(reply), names);
    for (const [index, pair] of reply.kvs.entries()) {
      assert.equal(pair.value.length, 0);
      assert.equal(pair.mod_revision, revisions[index]);
      assert.equal(pair.version, 1);
    }
  });

  test(`${driver.name}: count_only returns the count without keys`, async () => {
    const reply = await shared.client.range({ ...withPrefix(prefix), count_only: true });
    assert.deepEqual(reply.kvs, []);
    assert.equal(reply.count, 5);
    assert.equal(reply.more, false);
  });

  test(`${driver.name}: count_only ignores the limit`, async () => {
    const reply = await shared.client.range({ ...withPrefix(prefix), count_only: true, limit: 2 });
    assert.deepEqual(reply.kvs, []);
    assert.equal(reply.count, 5);
    assert.equal(reply.more, false);
  });

  test(`${driver.name}: a serializable range returns the same as a linearizable one`, async () => {
    const reply = await shared.client.range({ ...withPrefix(prefix), serializable: true });
    assert.deepEqual(found(reply), names);
    assert.equal(reply.count, 5);
  });

  test(`${driver.name}: mod revision bounds filter the keys but not the count`, async () => {
    const [, second, third] = revisions;
    const cases = [
      { bounds: { min_mod_revision: third as number }, expected: ['b/1', 'b/2', 'c'] },
      { bounds: { max_mod_revision: second as number }, expected: ['a', 'b'] },
      { bounds: { min_mod_revision: second as number, max_mod_revision: third as number }, expected: ['b', 'b/1'] },
      { bounds: { min_mod_revision: third as number, max_mod_revision: second as number }, expected: [] },
    ];
    for (const { bounds, expected } of cases) {
      const reply = await shared.client.range({ ...withPrefix(prefix), ...bounds });
      assert.deepEqual(found(reply), expected);
      assert.equal(reply.count, 5);
    }
  });

  test(`${driver.name}: create revision bounds distinguish a new key from a changed one`, async () => {
    const own = shared.prefix();
    const created = (await shared.client.put({ key: `${own}old` })).header.revision;
    const next = (await shared.client.put({ key: `${own}new` })).header.revision;
    await shared.client.put({ key: `${own}old` });
    const late = await shared.client.range({ ...withPrefix(own), min_create_revision: next });
    assert.deepEqual(keysOf(late.kvs), [`${own}new`]);
    const early = await shared.client.range({ ...withPrefix(own), max_create_revision: created });
    assert.deepEqual(keysOf(early.kvs), [`${own}old`]);
    const changed = await shared.client.range({ ...withPrefix(own), min_mod_revision: next + 1 });
    assert.deepEqual(keysOf(changed.kvs), [`${own}old`]);
  });

  test(`${driver.name}: a revision bound may be any number of 64 bits`, async () => {
    const [most, least] = [2n ** 63n - 1n, -(2n ** 63n)];
    for (const bounds of [{ max_mod_revision: most }, { max_create_revision: most }, { min_mod_revision: least }])
      assert.deepEqual(found(await shared.client.range({ ...withPrefix(prefix), ...bounds })), names);
    for (const bounds of [{ min_mod_revision: most }, { min_create_revision: most }, { max_mod_revision: least }])
      assert.deepEqual(found(await shared.client.range({ ...withPrefix(prefix), ...bounds })), []);
  });

  test(`${driver.name}: a limit applies after the revision bounds`, async () => {
    const [, second] = revisions;
    const bounds = { min_mod_revision: second as number };
    const reply = await shared.client.range({ ...withPrefix(prefix), ...bounds, limit: 2 });
    assert.deepEqual(found(reply), ['b', 'b/1']);
    assert.equal(reply.more, true);
    const all = await shared.client.range({ ...withPrefix(prefix), ...bounds, limit: 4 });
    assert.equal(all.more, false);
  });

  test(`${driver.name}: a large list arrives complete`, async () => {
    const own = shared.prefix();
    const value = Buffer.alloc(10_000, 'x');
    for (let first = 0; first < 2_000; first += 100) {
      const puts = Array.from({ length: 100 }, (_, index) => ({
        request_put: { key: `${own}${String(first + index).padStart(5, '0')}`, value },
      }));
      await shared.client.txn({ success: puts });
    }
    const reply = await shared.client.range(withPrefix(own));
    assert.equal(reply.count, 2_000);
    assert.equal(reply.kvs.length, 2_000);
    assert.equal(reply.kvs.at(-1)?.key.toString(), `${own}01999`);
    assert.ok(reply.kvs.every((pair) => pair.value.equals(value)));
  });

  // A fixed bug: the first trailers of a connection were encoded in another order than they were
  // sent.
  test(`${driver.name}: concurrent gets of values of many sizes each return the latest value`, async () => {
    const [small, large] = [64 * 1024, 1024 * 1024];
    const sizes = [0, 1, small - 1, small, small + 1, large];
    const lease = (await shared.client.leaseGrant({ TTL: 600 })).ID;
    for (const letter of ['x', 'y']) {
      const keys = sizes.map((size) => `${prefix}of ${size} bytes`);
      const puts = await Promise.all(
        sizes.map((size, index) =>
          shared.client.put({ key: keys[index] as string, value: Buffer.alloc(size, letter), lease }),
        ),
      );
      for (let round = 0; round < 3; round += 1) {
        const replies = await Promise.all(
          keys.flatMap((key) => [{ key }, { key }].map((get) => shared.client.range(get))),
        );
        for (const [index, { kvs, count }] of replies.entries()) {
          const place = index >> 1;
          assert.equal(count, 1);
          assert.ok(kvs[0]?.value.equals(Buffer.alloc(sizes[place] as number, letter)), `${keys[place]}`);
          assert.equal(kvs[0]?.mod_revision, puts[place]?.header.revision);
          assert.equal(kvs[0]?.lease, lease);
        }
      }
    }
    const bare = await shared.client.range({ key: `${prefix}of ${large} bytes`, keys_only: true });
    assert.equal(bare.kvs[0]?.value.length, 0);
  });

  test(`${driver.name}: several concurrent large lists on a new connection all arrive complete`, async () => {
    const own = shared.prefix();
    const value = Buffer.alloc(500_000, 'x');
    for (let index = 0; index < 10; index += 1) await shared.client.put({ key: `${own}${index}`, value });
    for (let round = 0; round < 5; round += 1) {
      const fresh = new EtcdClient(shared.server.address);
      const replies = await Promise.all(Array.from({ length: 5 }, () => fresh.range(withPrefix(own))));
      fresh.close();
      for (const reply of replies) assert.equal(reply.kvs.length, 10);
    }
  });
}
