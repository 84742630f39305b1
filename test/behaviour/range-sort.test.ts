import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DRIVERS, keysOf, type RangeRequest, suite, withPrefix } from '../support/index.ts';

type SortTarget = 'KEY' | 'VERSION' | 'CREATE' | 'MOD' | 'VALUE';

/** Written in this order, so that no two targets sort the four keys alike: key, version, creation, change and value all differ. */
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

    test(`${driver.name}: a range by ${sort_target} without an order ascends`, async () => {
      assert.deepEqual((await sorted({ sort_target })).names, expected);
    });

    test(`${driver.name}: a limit on a range by ${sort_target} cuts after sorting`, async () => {
      const reply = await sorted({ sort_target, sort_order: 'DESCEND', limit: 2 });
      assert.deepEqual(reply.names, expected.toReversed().slice(0, 2));
      assert.equal(reply.more, true);
      assert.equal(reply.count, 4);
      const all = await sorted({ sort_target, sort_order: 'DESCEND', limit: 4 });
      assert.equal(all.more, false);
    });
  }

  test(`${driver.name}: sorting by value looks at the values even where keys_only leaves them out`, async () => {
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

  test(`${driver.name}: values sort by byte, a shorter one before its continuation`, async () => {
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
}
