import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DRIVERS, keysOf, type RangeRequest, suite, withPrefix } from '../../support/index.ts';

type SortTarget = 'KEY' | 'VERSION' | 'CREATE' | 'MOD' | 'VALUE';

/** Written in this order, so that each sort target gives another order of the four keys. */
const writes = [
  ['d', '4'],
  ['a', '1'],
  ['c', '2'],
  ['b', '3'],
  ['d', '5'],
  ['d', '5'],
  ['d', '6'],
  ['a', '8'],
  ['a', '9'],
  ['c', '7'],
] as const;

const ascending: Readonly<Record<SortTarget, string[]>> = {
  KEY: ['a', 'b', 'c', 'd'],
  VERSION: ['b', 'c', 'a', 'd'],
  CREATE: ['d', 'a', 'c', 'b'],
  MOD: ['b', 'd', 'a', 'c'],
  VALUE: ['b', 'd', 'c', 'a'],
};

for (const driver of DRIVERS) {
  let prefix = '';
  const shared = suite(driver, {
    prepare: async ({ client, prefix: newPrefix }) => {
      prefix = newPrefix();
      for (const [name, value] of writes) await client.put({ key: prefix + name, value });
    },
  });

  async function sorted(request: RangeRequest) {
    const reply = await shared.client.range({ ...withPrefix(prefix), ...request });
    return { names: keysOf(reply.kvs).map((key) => key.slice(prefix.length)), more: reply.more, count: reply.count };
  }

  for (const sort_target of Object.keys(ascending) as SortTarget[]) {
    const expected = ascending[sort_target];

    test(`${driver.name}: a range sorts by ${sort_target}, ascending`, async () => {
      assert.deepEqual((await sorted({ sort_target, sort_order: 'ASCEND' })).names, expected);
    });

    test(`${driver.name}: a range sorts by ${sort_target}, descending`, async () => {
      assert.deepEqual((await sorted({ sort_target, sort_order: 'DESCEND' })).names, expected.toReversed());
    });

    test(`${driver.name}: a range by ${sort_target} without a sort order is ascending`, async () => {
      assert.deepEqual((await sorted({ sort_target })).names, expected);
    });

    test(`${driver.name}: the limit of a range by ${sort_target} applies after sorting`, async () => {
      const reply = await sorted({ sort_target, sort_order: 'DESCEND', limit: 2 });
      assert.deepEqual(reply.names, expected.toReversed().slice(0, 2));
      assert.equal(reply.more, true);
      assert.equal(reply.count, 4);
      const all = await sorted({ sort_target, sort_order: 'DESCEND', limit: 4 });
      assert.equal(all.more, false);
    });
  }

  test(`${driver.name}: sorting by value uses the values even with keys_only`, async () => {
    const reply = await shared.client.range({
      ...withPrefix(prefix),
      sort_target: 'VALUE',
      sort_order: 'ASCEND',
      keys_only: true,
    });
    assert.deepEqual(
      keysOf(reply.kvs).map((key) => key.slice(prefix.length)),
      ascending.VALUE,
    );
    assert.ok(reply.kvs.every((pair) => pair.value.length === 0));
  });

  test(`${driver.name}: values are sorted by byte, a shorter value before its continuation`, async () => {
    const own = shared.prefix();
    const values = [
      Buffer.from([0xff]),
      Buffer.from('a'),
      Buffer.from('B'),
      Buffer.alloc(0),
      Buffer.from([0]),
      Buffer.from('aa'),
    ];
    for (const [index, value] of values.entries()) await shared.client.put({ key: `${own}${index}`, value });
    const reply = await shared.client.range({ ...withPrefix(own), sort_target: 'VALUE', sort_order: 'ASCEND' });
    assert.deepEqual(
      reply.kvs.map((pair) => pair.value),
      values.toSorted(Buffer.compare),
    );
  });

  test(`${driver.name}: large values are sorted, with and without a limit`, async () => {
    const own = shared.prefix();
    // More than two pages of values. The first values of the order are in the last page. The values
    // differ at their ends.
    const values = Array.from({ length: 12 }, (_, index) => Buffer.from(`${'v'.repeat(900_000)}${99 - index}`));
    for (const [index, value] of values.entries()) await shared.client.put({ key: `${own}${10 + index}`, value });
    const all = values.map((_, index) => `${own}${10 + index}`);
    for (const limit of [0, 1, 5]) {
      for (const [sort_target, sort_order, expected] of [
        ['VALUE', 'ASCEND', all.toReversed()],
        ['VALUE', 'DESCEND', all],
        ['MOD', 'DESCEND', all.toReversed()],
      ] as const) {
        const { kvs } = await shared.client.range({ ...withPrefix(own), sort_target, sort_order, limit });
        assert.deepEqual(keysOf(kvs), expected.slice(0, limit || all.length));
        for (const { key, value } of kvs) assert.ok(values[all.indexOf(key.toString())]?.equals(value));
      }
    }
  });

  test(`${driver.name}: thousands of keys are sorted by value, with and without a limit, now, in the past and in a transaction`, async () => {
    const { client } = shared;
    const own = shared.prefix();
    // More than a page of keys, and more than a page of bytes. Values have a long common beginning,
    // and each value belongs to 3 keys.
    const beginning = 'v'.repeat(1_000);
    const values = new Map(
      Array.from({ length: 5_000 }, (_, index) => [
        `${own}${String(index).padStart(5, '0')}`,
        `${beginning}${(index * 7_919) % 1_667}`,
      ]),
    );
    const puts = [...values].map(([key, value]) => ({ request_put: { key, value } }));
    let revision = 0;
    for (let first = 0; first < puts.length; first += 100) {
      revision = (await client.txn({ success: puts.slice(first, first + 100) })).header.revision;
    }
    const largest = `${own}largest`;
    await client.put({ key: largest, value: Buffer.alloc(1_000_000, 'v') });
    const inOrder = (entries: readonly (readonly [string, string])[], sign: 1 | -1) =>
      entries.toSorted(([a, x], [b, y]) => sign * Buffer.compare(Buffer.from(x), Buffer.from(y)) || (a < b ? -1 : 1));
    const range = { ...withPrefix(own), sort_target: 'VALUE' } as const;

    for (const [sort_order, sign] of [
      ['ASCEND', 1],
      ['DESCEND', -1],
    ] as const) {
      const sortedKeys = inOrder([...values], sign).map(([key]) => key);
      const past = { ...range, sort_order, revision };
      assert.deepEqual(await valuesOf(past, values), { keys: sortedKeys, more: false, count: 5_000 });
      // 3 keys are equal: a limit that is a multiple of it cuts between different ones.
      assert.deepEqual(
        (await valuesOf({ ...past, limit: 12 }, values)).keys.toSorted(),
        sortedKeys.slice(0, 12).toSorted(),
      );
      const now = await client.range({ ...range, sort_order, limit: 1 });
      const inTxn = await client.txn({ success: [{ request_range: { ...range, sort_order, limit: 1 } }] });
      assert.deepEqual(inTxn.responses[0]?.response_range?.kvs, now.kvs);
      assert.equal(now.kvs[0]?.key.toString() === largest, sort_order === 'DESCEND');
      assert.equal(now.count, 5_001);
    }
    const few = await client.range({ ...range, sort_order: 'ASCEND', limit: 9, max_create_revision: revision - 40 });
    // The revisions of the first ten transactions, whose values all differ.
    const old = inOrder([...values].slice(0, 1_000), 1).map(([key]) => key);
    assert.deepEqual(keysOf(few.kvs), old.slice(0, 9));
    assert.equal(few.more, true);
  });

  /**
   * The keys, after each value was found to be the expected one. Keys with equal values are in key
   * order here, because etcd leaves their order open.
   */
  async function valuesOf(request: RangeRequest, values: ReadonlyMap<string, string>) {
    const { kvs, more, count } = await shared.client.range(request);
    const found = kvs.map(({ key, value }) => [key.toString(), value.toString()] as const);
    for (const [key, value] of found) assert.equal(value, values.get(key));
    const runs: string[][] = [];
    for (const [index, [key, value]] of found.entries()) {
      if (found[index - 1]?.[1] === value) runs.at(-1)?.push(key);
      else runs.push([key]);
    }
    return { keys: runs.flatMap((run) => run.toSorted()), more, count };
  }
}
