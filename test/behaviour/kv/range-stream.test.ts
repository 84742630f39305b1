import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DRIVERS, failureOf, keysOf, type RangeStreamResponse, suite, withPrefix } from '../../support/index.ts';

/**
 * Merges the chunks as the protocol defines: the result is the reply of Range, with the header of
 * the last chunk.
 */
function merged(chunks: RangeStreamResponse[]) {
  const replies = chunks.map((chunk) => chunk.range_response);
  const last = replies.at(-1);
  assert.ok(last !== undefined && last.header !== null, 'the last chunk carries the header');
  for (const reply of replies.slice(0, -1)) assert.equal(reply.header, null);
  return { header: last.header, kvs: replies.flatMap((reply) => reply.kvs), more: last.more, count: last.count };
}

for (const driver of DRIVERS) {
  const shared = suite(driver);

  async function fill(count: number, value: string | Buffer = 'v'): Promise<string> {
    const prefix = shared.prefix();
    for (let first = 0; first < count; first += 100) {
      const puts = Array.from({ length: Math.min(100, count - first) }, (_, index) => ({
        request_put: { key: `${prefix}${String(first + index).padStart(6, '0')}`, value },
      }));
      await shared.client.txn({ success: puts });
    }
    return prefix;
  }

  test(`${driver.name}: RangeStream returns in chunks what Range returns at once`, async () => {
    const prefix = await fill(1000, 'v'.repeat(1024));
    const chunks = await shared.client.rangeStream(withPrefix(prefix));
    assert.ok(chunks.length > 1, 'a thousand keys come in more than one chunk');
    assert.deepEqual(merged(chunks), await shared.client.range(withPrefix(prefix)));
  });

  test(`${driver.name}: RangeStream of one key or of no key is one chunk`, async () => {
    const prefix = await fill(1);
    for (const request of [{ key: `${prefix}000000` }, { key: `${prefix}missing` }, withPrefix(prefix)]) {
      const chunks = await shared.client.rangeStream(request);
      assert.equal(chunks.length, 1);
      assert.deepEqual(merged(chunks), await shared.client.range(request));
    }
  });

  test(`${driver.name}: RangeStream applies the limit and counts all keys`, async () => {
    const prefix = await fill(300);
    for (const limit of [1, 10, 11, 100, 300, 400]) {
      const request = { ...withPrefix(prefix), limit };
      assert.deepEqual(merged(await shared.client.rangeStream(request)), await shared.client.range(request));
    }
  });

  test(`${driver.name}: RangeStream supports count_only, keys_only, serializable and a revision`, async () => {
    const prefix = await fill(150);
    const { revision } = (await shared.client.deleteRange({ key: `${prefix}000000` })).header;
    for (const options of [
      { count_only: true },
      { keys_only: true },
      { serializable: true },
      { revision: revision - 1 },
    ]) {
      const request = { ...withPrefix(prefix), ...options };
      assert.deepEqual(merged(await shared.client.rangeStream(request)), await shared.client.range(request));
    }
  });

  test(`${driver.name}: RangeStream returns the keys of one revision, even during writes`, async () => {
    const prefix = await fill(2000, Buffer.alloc(4_000, 'v'));
    const stream = shared.client.rangeStream(withPrefix(prefix));
    const writes = Array.from({ length: 50 }, (_, index) =>
      shared.client.put({ key: `${prefix}${String(index * 40).padStart(6, '0')}`, value: 'changed' }),
    );
    const { header, kvs, count } = merged(await stream);
    await Promise.all(writes);
    const then = await shared.client.range({ ...withPrefix(prefix), revision: header.revision });
    assert.equal(count, 2000);
    assert.deepEqual(kvs, then.kvs);
  });

  test(`${driver.name}: RangeStream accepts ascending key order and refuses other orders and revision filters`, async () => {
    const prefix = await fill(30);
    const request = { ...withPrefix(prefix), sort_order: 'ASCEND', sort_target: 'KEY' } as const;
    assert.equal(keysOf(merged(await shared.client.rangeStream(request)).kvs).length, 30);
    for (const sort of [
      { sort_order: 'DESCEND', sort_target: 'KEY' },
      { sort_order: 'ASCEND', sort_target: 'MOD' },
    ] as const) {
      assert.deepEqual(await failureOf(shared.client.rangeStream({ ...withPrefix(prefix), ...sort })), {
        code: 'UNIMPLEMENTED',
        details: 'RangeStream does not support custom sort orders',
      });
    }
    assert.deepEqual(await failureOf(shared.client.rangeStream({ ...withPrefix(prefix), min_mod_revision: 1 })), {
      code: 'UNIMPLEMENTED',
      details: 'RangeStream does not support revision filters',
    });
  });

  test(`${driver.name}: RangeStream refuses an empty key, future and compacted revisions as Range does`, async () => {
    const { client } = shared;
    const key = shared.prefix();
    await client.put({ key });
    const { revision } = (await client.put({ key })).header;
    for (const request of [{ key: '' }, { key, revision: revision + 1000 }, { key, sort_order: 9 }]) {
      assert.deepEqual(await failureOf(client.rangeStream(request)), await failureOf(client.range(request)));
    }
    await client.compact({ revision });
    assert.deepEqual(await failureOf(client.rangeStream({ key, revision: revision - 1 })), {
      code: 'OUT_OF_RANGE',
      details: 'etcdserver: mvcc: required revision has been compacted',
    });
  });
}
