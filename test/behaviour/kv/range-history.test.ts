import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metricValue } from '../../support/exposition.ts';
import { DRIVERS, keysOf, suite, withPrefix } from '../../support/index.ts';
import { scrape } from '../../support/scrape.ts';

for (const driver of DRIVERS) {
  const shared = suite(driver);

  test(`${driver.name}: a read at a past revision returns the old value and the current revision in its header`, async () => {
    const { client } = shared;
    const key = shared.prefix();
    const first = await client.put({ key, value: 'a' });
    const second = await client.put({ key, value: 'b' });
    const old = await client.range({ key, revision: first.header.revision });
    assert.equal(old.kvs[0]?.value.toString(), 'a');
    assert.equal(old.kvs[0]?.version, 1);
    assert.equal(old.header.revision, second.header.revision);
    const current = await client.range({ key, revision: second.header.revision });
    assert.equal(current.kvs[0]?.value.toString(), 'b');
    assert.equal(current.kvs[0]?.version, 2);
  });

  test(`${driver.name}: a key is missing in reads before its creation and after its deletion`, async () => {
    const { client } = shared;
    const key = shared.prefix();
    const created = (await client.put({ key, value: 'a' })).header.revision;
    const deleted = (await client.deleteRange({ key })).header.revision;
    assert.equal((await client.range({ key, revision: created - 1 })).count, 0);
    assert.equal((await client.range({ key, revision: created })).count, 1);
    assert.equal((await client.range({ key, revision: deleted })).count, 0);
  });

  test(`${driver.name}: a list at each past revision returns the keys of that revision`, async () => {
    const { client } = shared;
    const prefix = shared.prefix();
    const model = new Map<string, string>();
    const snapshots: { revision: number; pairs: [string, string][] }[] = [];
    for (let step = 0; step < 60; step += 1) {
      const key = `${prefix}${(step * 7) % 10}`;
      if (step % 5 === 4 && model.has(key)) {
        const { header } = await client.deleteRange({ key });
        model.delete(key);
        snapshots.push({ revision: header.revision, pairs: [...model].sort() });
      } else {
        const { header } = await client.put({ key, value: `${step}` });
        model.set(key, `${step}`);
        snapshots.push({ revision: header.revision, pairs: [...model].sort() });
      }
    }
    for (const { revision, pairs } of snapshots) {
      const list = await client.range({ ...withPrefix(prefix), revision });
      assert.deepEqual(
        list.kvs.map((pair) => [pair.key.toString(), pair.value.toString()]),
        pairs,
      );
      assert.equal(list.count, pairs.length);
      const page = await client.range({ ...withPrefix(prefix), revision, limit: 3 });
      assert.deepEqual(
        keysOf(page.kvs),
        pairs.slice(0, 3).map(([key]) => key),
      );
      assert.equal(page.count, pairs.length);
      assert.equal(page.more, pairs.length > 3);
      const count = await client.range({ ...withPrefix(prefix), revision, count_only: true });
      assert.equal(count.count, pairs.length);
    }
  });

  test(`${driver.name}: past versions count from the creation of the key`, async () => {
    const { client } = shared;
    const key = shared.prefix();
    const revisions: number[] = [];
    for (const value of ['a', 'b']) revisions.push((await client.put({ key, value })).header.revision);
    await client.deleteRange({ key });
    for (const value of ['c', 'd', 'e']) revisions.push((await client.put({ key, value })).header.revision);
    const seen: [number, number][] = [];
    for (const revision of revisions) {
      const [pair] = (await client.range({ key, revision })).kvs;
      seen.push([pair?.version ?? 0, pair?.create_revision ?? 0]);
    }
    const [firstLife, , secondLife] = revisions as [number, number, number];
    assert.deepEqual(seen, [
      [1, firstLife],
      [2, firstLife],
      [1, secondLife],
      [2, secondLife],
      [3, secondLife],
    ]);
  });

  test(`${driver.name}: sorting and revision filters work in the past as they do now`, async () => {
    const { client } = shared;
    const prefix = shared.prefix();
    await client.put({ key: `${prefix}a`, value: '3' });
    await client.put({ key: `${prefix}b`, value: '1' });
    const { revision } = (await client.put({ key: `${prefix}c`, value: '2' })).header;
    await client.put({ key: `${prefix}b`, value: '9' });
    const sorted = await client.range({ ...withPrefix(prefix), revision, sort_target: 'VALUE', sort_order: 'DESCEND' });
    assert.deepEqual(keysOf(sorted.kvs), [`${prefix}a`, `${prefix}c`, `${prefix}b`]);
    const bounded = await client.range({ ...withPrefix(prefix), revision, min_mod_revision: revision - 1 });
    assert.deepEqual(keysOf(bounded.kvs), [`${prefix}b`, `${prefix}c`]);
  });

  test(`${driver.name}: a negative revision reads the current state`, async () => {
    const { client } = shared;
    const key = shared.prefix();
    await client.put({ key, value: 'a' });
    assert.equal((await client.range({ key, revision: -5 })).kvs[0]?.value.toString(), 'a');
  });

  test(`${driver.name}: a read at the revision of a transaction returns all keys that it wrote`, async () => {
    const { client } = shared;
    const prefix = shared.prefix();
    const puts = ['a', 'b', 'c'].map((name) => ({ request_put: { key: prefix + name, value: 'new' } }));
    const { header } = await client.txn({ success: puts });
    await client.put({ key: `${prefix}a`, value: 'later' });
    const then = await client.range({ ...withPrefix(prefix), revision: header.revision });
    assert.deepEqual(
      then.kvs.map((pair) => [pair.value.toString(), pair.mod_revision]),
      [
        ['new', header.revision],
        ['new', header.revision],
        ['new', header.revision],
      ],
    );
    assert.equal((await client.range({ ...withPrefix(prefix), revision: header.revision - 1 })).count, 0);
  });

  test(`${driver.name}: each write gets the next revision after transactions of many keys`, async () => {
    const { client } = shared;
    const prefix = shared.prefix();
    const start = (await client.put({ key: `${prefix}x`, value: '0' })).header.revision;
    for (let round = 1; round <= 5; round += 1) {
      const puts = ['a', 'b', 'c', 'd'].map((name) => ({ request_put: { key: prefix + name, value: `${round}` } }));
      assert.equal((await client.txn({ success: puts })).header.revision, start + round * 2 - 1);
      assert.equal((await client.put({ key: `${prefix}x`, value: `${round}` })).header.revision, start + round * 2);
    }
    for (let round = 1; round <= 5; round += 1) {
      const reply = await client.range({ ...withPrefix(prefix), revision: start + round * 2 - 1 });
      assert.deepEqual(
        reply.kvs.map((pair) => [pair.key.toString().slice(prefix.length), pair.value.toString(), pair.version]),
        [
          ['a', `${round}`, round],
          ['b', `${round}`, round],
          ['c', `${round}`, round],
          ['d', `${round}`, round],
          ['x', `${round - 1}`, round],
        ],
      );
    }
  });

  test(`${driver.name}: each page at one revision has the count of the keys from its start, which the database counts once`, async () => {
    const { client } = shared;
    const prefix = shared.prefix();
    const name = (index: number) => `${prefix}${`${index}`.padStart(3, '0')}`;
    const keyCount = 205;
    await client.txn({
      success: Array.from({ length: 120 }, (_, index) => ({ request_put: { key: name(index) } })),
    });
    await client.txn({
      success: Array.from({ length: keyCount - 120 }, (_, index) => ({ request_put: { key: name(120 + index) } })),
    });
    const countsOf = async (result: 'hit' | 'miss') =>
      metricValue(await scrape(shared.server), 'tine_range_counts_total', { result }) ?? 0;
    const before = { hit: await countsOf('hit'), miss: await countsOf('miss') };
    const { range_end } = withPrefix(prefix);
    let page = await client.range({ key: prefix, range_end, limit: 20 });
    const { revision } = page.header;
    const read = keysOf(page.kvs);
    for (let written = 0; page.more; written += 1) {
      assert.equal(page.count, keyCount - read.length + page.kvs.length);
      // What is written meanwhile changes no count at the revision of the first page.
      await client.put({ key: `${prefix}999/${written}` });
      await client.deleteRange({ key: name(keyCount - 1 - written) });
      page = await client.range({ key: Buffer.from(`${read.at(-1)}\0`), range_end, limit: 20, revision });
      read.push(...keysOf(page.kvs));
    }
    assert.equal(page.count, page.kvs.length);
    assert.deepEqual(
      read,
      Array.from({ length: keyCount }, (_, index) => name(index)),
    );
    assert.equal((await countsOf('hit')) - before.hit, 10);
    assert.equal((await countsOf('miss')) - before.miss, 1);
  });
}
