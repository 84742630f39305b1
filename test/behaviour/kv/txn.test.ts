import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Compare, DRIVERS, keysOf, type RequestOp, suite, withPrefix } from '../../support/index.ts';

for (const driver of DRIVERS) {
  const shared = suite(driver);
  const never: Compare = { key: 'never-written', target: 'VERSION', result: 'GREATER', version: 0 };

  async function textOf(key: string): Promise<string | undefined> {
    return (await shared.client.range({ key })).kvs[0]?.value.toString();
  }

  const put = (key: string, value: string): RequestOp => ({ request_put: { key, value } });

  test(`${driver.name}: a transaction executes its success operations when the compares hold`, async () => {
    const prefix = shared.prefix();
    const reply = await shared.client.txn({
      compare: [{ key: `${prefix}a`, target: 'CREATE', create_revision: 0 }],
      success: [put(`${prefix}a`, 'yes')],
      failure: [put(`${prefix}b`, 'no')],
    });
    assert.equal(reply.succeeded, true);
    assert.equal(reply.responses.length, 1);
    assert.equal(reply.responses[0]?.response_put?.header.revision, reply.header.revision);
    assert.equal(await textOf(`${prefix}a`), 'yes');
    assert.equal(await textOf(`${prefix}b`), undefined);
  });

  test(`${driver.name}: a transaction executes its failure operations when a compare does not hold`, async () => {
    const prefix = shared.prefix();
    const reply = await shared.client.txn({
      compare: [never],
      success: [put(`${prefix}a`, 'yes')],
      failure: [put(`${prefix}b`, 'no'), { request_range: { key: `${prefix}b` } }],
    });
    assert.equal(reply.succeeded, false);
    assert.deepEqual(
      reply.responses.map(({ response }) => response),
      ['response_put', 'response_range'],
    );
    assert.equal(await textOf(`${prefix}a`), undefined);
    assert.equal(await textOf(`${prefix}b`), 'no');
  });

  test(`${driver.name}: all writes of a transaction have one revision`, async () => {
    const prefix = shared.prefix();
    await shared.client.put({ key: `${prefix}old` });
    const { header } = await shared.client.txn({
      success: [put(`${prefix}a`, '1'), put(`${prefix}b`, '2'), { request_delete_range: { key: `${prefix}old` } }],
    });
    const { kvs } = await shared.client.range(withPrefix(prefix));
    assert.deepEqual(keysOf(kvs), [`${prefix}a`, `${prefix}b`]);
    for (const pair of kvs) assert.equal(pair.mod_revision, header.revision);
    assert.equal((await shared.client.put({ key: `${prefix}a` })).header.revision, header.revision + 1);
  });

  test(`${driver.name}: a read in a transaction returns what earlier operations wrote`, async () => {
    const prefix = shared.prefix();
    await shared.client.put({ key: `${prefix}b`, value: 'before' });
    const reply = await shared.client.txn({
      success: [
        { request_range: withPrefix(prefix) },
        put(`${prefix}a`, 'new'),
        { request_range: withPrefix(prefix) },
        { request_delete_range: { key: `${prefix}b` } },
        { request_range: withPrefix(prefix) },
        { request_range: { ...withPrefix(prefix), count_only: true } },
      ],
    });
    const lists = reply.responses.map(({ response_range }) => response_range && keysOf(response_range.kvs));
    assert.deepEqual(lists[0], [`${prefix}b`]);
    assert.deepEqual(lists[2], [`${prefix}a`, `${prefix}b`]);
    assert.deepEqual(lists[4], [`${prefix}a`]);
    assert.equal(reply.responses[5]?.response_range?.count, 1);
    const [written] = reply.responses[2]?.response_range?.kvs ?? [];
    assert.equal(written?.value.toString(), 'new');
    assert.equal(written?.mod_revision, reply.header.revision);
    assert.equal(written?.version, 1);
  });

  test(`${driver.name}: reads in a transaction support sorting, limits and filters`, async () => {
    const prefix = shared.prefix();
    for (const [name, value] of [
      ['a', '2'],
      ['b', '3'],
      ['c', '1'],
    ] as const) {
      await shared.client.put({ key: prefix + name, value });
    }
    const requests = [
      { ...withPrefix(prefix), sort_target: 'VALUE', sort_order: 'DESCEND' },
      { ...withPrefix(prefix), limit: 2 },
      { ...withPrefix(prefix), keys_only: true },
      { ...withPrefix(prefix), sort_target: 'MOD', sort_order: 'DESCEND', limit: 1 },
    ] as const;
    const reply = await shared.client.txn({ success: requests.map((request_range) => ({ request_range })) });
    for (const [index, request] of requests.entries()) {
      const alone = await shared.client.range(request);
      const inside = reply.responses[index]?.response_range;
      assert.deepEqual(inside?.kvs, alone.kvs);
      assert.equal(inside?.more, alone.more);
    }
  });

  test(`${driver.name}: a transaction can read at a past revision`, async () => {
    const key = shared.prefix();
    const { revision } = (await shared.client.put({ key, value: 'old' })).header;
    await shared.client.put({ key, value: 'new' });
    const reply = await shared.client.txn({
      success: [{ request_range: { key, revision } }, put(`${key}other`, 'x'), { request_range: { key, revision } }],
    });
    assert.equal(reply.responses[0]?.response_range?.kvs[0]?.value.toString(), 'old');
    assert.equal(reply.responses[2]?.response_range?.kvs[0]?.value.toString(), 'old');
  });

  test(`${driver.name}: puts and deletes in a transaction return previous key-values with prev_kv`, async () => {
    const prefix = shared.prefix();
    await shared.client.put({ key: `${prefix}a`, value: '1' });
    await shared.client.put({ key: `${prefix}b`, value: '2' });
    const reply = await shared.client.txn({
      success: [
        { request_put: { key: `${prefix}a`, value: 'x', prev_kv: true } },
        { request_delete_range: { key: `${prefix}b`, prev_kv: true } },
      ],
    });
    assert.equal(reply.responses[0]?.response_put?.prev_kv?.value.toString(), '1');
    assert.equal(reply.responses[1]?.response_delete_range?.deleted, 1);
    assert.equal(reply.responses[1]?.response_delete_range?.prev_kvs[0]?.value.toString(), '2');
  });

  test(`${driver.name}: ignore_value and ignore_lease work inside a transaction`, async () => {
    const key = shared.prefix();
    const { ID } = await shared.client.leaseGrant({ TTL: 600 });
    await shared.client.put({ key, value: 'kept', lease: ID });
    await shared.client.txn({ success: [{ request_put: { key, ignore_value: true } }] });
    const [detached] = (await shared.client.range({ key })).kvs;
    assert.equal(detached?.value.toString(), 'kept');
    assert.equal(detached?.lease, 0n);
    await shared.client.put({ key, value: 'kept', lease: ID });
    await shared.client.txn({ success: [{ request_put: { key, value: 'changed', ignore_lease: true } }] });
    const [changed] = (await shared.client.range({ key })).kvs;
    assert.equal(changed?.value.toString(), 'changed');
    assert.equal(changed?.lease, ID);
  });

  test(`${driver.name}: two deletes of one key in a transaction delete it once`, async () => {
    const key = shared.prefix();
    await shared.client.put({ key });
    const reply = await shared.client.txn({
      success: [{ request_delete_range: { key } }, { request_delete_range: { key } }],
    });
    assert.deepEqual(
      reply.responses.map(({ response_delete_range }) => response_delete_range?.deleted),
      [1, 0],
    );
  });

  test(`${driver.name}: a nested transaction evaluates its own compares and operations`, async () => {
    const prefix = shared.prefix();
    const reply = await shared.client.txn({
      success: [
        put(`${prefix}a`, '1'),
        {
          request_txn: {
            compare: [{ key: `${prefix}b`, target: 'CREATE', create_revision: 0 }],
            success: [put(`${prefix}b`, 'created')],
            failure: [put(`${prefix}c`, 'not reached')],
          },
        },
        {
          request_txn: {
            compare: [never],
            failure: [put(`${prefix}d`, 'else'), { request_range: withPrefix(prefix) }],
          },
        },
      ],
    });
    const [first, second, third] = reply.responses;
    assert.equal(first?.response, 'response_put');
    assert.equal(second?.response_txn?.succeeded, true);
    assert.equal(third?.response_txn?.succeeded, false);
    const inner = third?.response_txn?.responses[1]?.response_range;
    assert.deepEqual(keysOf(inner?.kvs ?? []), [`${prefix}a`, `${prefix}b`, `${prefix}d`]);
    assert.ok(inner?.kvs.every((pair) => pair.mod_revision === reply.header.revision));
  });

  test(`${driver.name}: the compares of a nested transaction use the state before the whole transaction`, async () => {
    const prefix = shared.prefix();
    const reply = await shared.client.txn({
      success: [
        put(`${prefix}a`, '1'),
        {
          request_txn: {
            compare: [{ key: `${prefix}a`, target: 'CREATE', create_revision: 0 }],
            success: [put(`${prefix}seen`, 'before')],
            failure: [put(`${prefix}seen`, 'after')],
          },
        },
      ],
    });
    assert.equal(reply.responses[1]?.response_txn?.succeeded, true);
    assert.equal(await textOf(`${prefix}seen`), 'before');
  });

  test(`${driver.name}: transactions can be nested several levels deep`, async () => {
    const key = shared.prefix();
    let operation: RequestOp = put(key, 'deep');
    for (let depth = 0; depth < 10; depth += 1) operation = { request_txn: { success: [operation] } };
    const reply = await shared.client.txn({ success: [operation] });
    assert.equal(reply.succeeded, true);
    assert.equal(await textOf(key), 'deep');
  });

  test(`${driver.name}: a transaction of reads keeps the revision`, async () => {
    const key = shared.prefix();
    const { revision } = (await shared.client.put({ key, value: 'a' })).header;
    const reply = await shared.client.txn({ success: [{ request_range: { key } }] });
    assert.equal(reply.header.revision, revision);
    assert.equal(reply.responses[0]?.response_range?.header.revision, revision);
    assert.equal(reply.responses[0]?.response_range?.kvs[0]?.value.toString(), 'a');
  });

  test(`${driver.name}: an empty transaction succeeds with no responses`, async () => {
    const reply = await shared.client.txn({});
    assert.equal(reply.succeeded, true);
    assert.deepEqual(reply.responses, []);
  });

  test(`${driver.name}: each branch may have 128 operations`, async () => {
    const prefix = shared.prefix();
    const branch = (name: string) => Array.from({ length: 128 }, (_, index) => put(`${prefix}${name}${index}`, name));
    const reply = await shared.client.txn({ success: branch('s'), failure: branch('f') });
    assert.equal(reply.responses.length, 128);
    assert.equal((await shared.client.range({ ...withPrefix(prefix), count_only: true })).count, 128);
  });

  test(`${driver.name}: exactly one of many concurrent creations of a key succeeds`, async () => {
    for (let round = 0; round < 10; round += 1) {
      const key = shared.prefix();
      const attempts = Array.from({ length: 50 }, (_, index) =>
        shared.client.txn({
          compare: [{ key, target: 'CREATE', create_revision: 0 }],
          success: [put(key, `${index}`)],
          failure: [{ request_range: { key } }],
        }),
      );
      const replies = await Promise.all(attempts);
      assert.equal(replies.filter(({ succeeded }) => succeeded).length, 1);
      const winner = replies.findIndex(({ succeeded }) => succeeded);
      for (const [index, reply] of replies.entries()) {
        if (index === winner) continue;
        assert.equal(reply.responses[0]?.response_range?.kvs[0]?.value.toString(), `${winner}`);
      }
    }
  });

  test(`${driver.name}: concurrent transactions and puts that each read a megabyte are all executed once`, async () => {
    const prefix = shared.prefix();
    const [large, counter] = [`${prefix}large`, `${prefix}counter`];
    const value = Buffer.alloc(1024 * 1024, 'x');
    const before = (await shared.client.put({ key: large, value })).header.revision;
    const [txns, puts] = await Promise.all([
      Promise.all(
        Array.from({ length: 20 }, () =>
          shared.client.txn({
            compare: [{ key: large, target: 'VALUE', result: 'NOT_EQUAL', value: Buffer.from('other') }],
            success: [{ request_range: { key: large } }, put(counter, 'counted')],
          }),
        ),
      ),
      Promise.all(Array.from({ length: 20 }, () => shared.client.put({ key: large, value, prev_kv: true }))),
    ]);
    for (const { succeeded, responses } of txns) {
      assert.equal(succeeded, true);
      assert.ok(responses[0]?.response_range?.kvs[0]?.value.equals(value));
    }
    for (const { prev_kv } of puts) assert.ok(prev_kv?.value.equals(value));
    const revisions = [...txns, ...puts].map(({ header }) => header.revision);
    assert.deepEqual(
      revisions.sort((one, other) => one - other),
      Array.from({ length: 40 }, (_, index) => before + 1 + index),
    );
    assert.equal((await shared.client.range({ key: counter })).kvs[0]?.version, 20);
  });

  test(`${driver.name}: concurrent compare-and-increment loses no update`, async () => {
    const key = shared.prefix();
    await shared.client.put({ key, value: '0' });
    const increment = async () => {
      for (;;) {
        const [pair] = (await shared.client.range({ key })).kvs;
        assert.ok(pair !== undefined);
        const { succeeded } = await shared.client.txn({
          compare: [{ key, target: 'MOD', mod_revision: pair.mod_revision }],
          success: [put(key, `${Number(pair.value) + 1}`)],
        });
        if (succeeded) return;
      }
    };
    const worker = async () => {
      for (let count = 0; count < 20; count += 1) await increment();
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    assert.equal(await textOf(key), '160');
  });
}
