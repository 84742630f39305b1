import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DRIVERS, failureOf, keysOf, ownServer, suite, withPrefix } from '../../support/index.ts';

const compacted = { code: 'OUT_OF_RANGE', details: 'etcdserver: mvcc: required revision has been compacted' };
const future = { code: 'OUT_OF_RANGE', details: 'etcdserver: mvcc: required revision is a future revision' };

for (const driver of DRIVERS) {
  const shared = suite(driver);

  async function history(key: string, count: number): Promise<number[]> {
    const revisions: number[] = [];
    for (let index = 0; index < count; index += 1) {
      revisions.push((await shared.client.put({ key, value: `${index}` })).header.revision);
    }
    return revisions;
  }

  for (const physical of [false, true]) {
    const kind = physical ? 'a physical compaction' : 'a compaction';

    test(`${driver.name}: after ${kind} reads below its revision fail, and reads at or above it work`, async () => {
      const { client } = shared;
      const key = shared.prefix();
      const revisions = await history(key, 5);
      const [first, second, third, fourth] = revisions as [number, number, number, number, number];
      const reply = await client.compact({ revision: third, physical });
      assert.equal(reply.header.revision, revisions.at(-1), 'compacting is no write');
      for (const revision of [first, second]) {
        assert.deepEqual(await failureOf(client.range({ key, revision })), compacted);
        assert.deepEqual(await failureOf(client.range({ ...withPrefix(key), revision, count_only: true })), compacted);
        assert.deepEqual(await failureOf(client.txn({ success: [{ request_range: { key, revision } }] })), compacted);
      }
      assert.equal((await client.range({ key, revision: third })).kvs[0]?.value.toString(), '2');
      assert.equal((await client.range({ key, revision: third })).kvs[0]?.version, 3);
      assert.equal((await client.range({ key, revision: fourth })).kvs[0]?.value.toString(), '3');
      const [current] = (await client.range({ key })).kvs;
      assert.equal(current?.value.toString(), '4');
      assert.equal(current?.version, 5);
      assert.equal(current?.create_revision, first);
    });

    test(`${driver.name}: ${kind} keeps current keys that were written long before its revision`, async () => {
      const { client } = shared;
      const prefix = shared.prefix();
      await client.put({ key: `${prefix}old`, value: 'old' });
      await client.put({ key: `${prefix}gone`, value: 'gone' });
      await client.deleteRange({ key: `${prefix}gone` });
      const { revision } = (await client.put({ key: `${prefix}new`, value: 'new' })).header;
      await client.compact({ revision, physical });
      for (const request of [withPrefix(prefix), { ...withPrefix(prefix), revision }]) {
        const { kvs, count } = await client.range(request);
        assert.deepEqual(keysOf(kvs), [`${prefix}new`, `${prefix}old`]);
        assert.equal(count, 2);
      }
    });
  }

  test(`${driver.name}: compacting a revision that is already compacted is an error`, async () => {
    const { client } = shared;
    const [first, second] = (await history(shared.prefix(), 3)) as [number, number, number];
    await client.compact({ revision: second });
    assert.deepEqual(await failureOf(client.compact({ revision: second })), compacted);
    assert.deepEqual(await failureOf(client.compact({ revision: first })), compacted);
    assert.deepEqual(await failureOf(client.compact({ revision: 0 })), compacted);
    assert.deepEqual(await failureOf(client.compact({ revision: -1 })), compacted);
  });

  test(`${driver.name}: compacting a future revision is an error, and compacting the current one is not`, async () => {
    const { client } = shared;
    const key = shared.prefix();
    const { revision } = (await client.put({ key, value: 'a' })).header;
    assert.deepEqual(await failureOf(client.compact({ revision: revision + 1 })), future);
    await client.compact({ revision });
    assert.equal((await client.range({ key, revision })).kvs[0]?.value.toString(), 'a');
    assert.deepEqual(await failureOf(client.range({ key, revision: revision - 1 })), compacted);
  });

  test(`${driver.name}: a compaction at the revision of a delete removes the key completely`, async () => {
    const { client } = shared;
    const key = shared.prefix();
    await client.put({ key, value: 'a' });
    const { revision } = (await client.deleteRange({ key })).header;
    await client.compact({ revision, physical: true });
    assert.equal((await client.range({ key, revision })).count, 0);
    const again = await client.put({ key, value: 'b', prev_kv: true });
    assert.equal(again.prev_kv, null);
    const [pair] = (await client.range({ key })).kvs;
    assert.equal(pair?.version, 1);
    assert.equal(pair?.create_revision, again.header.revision);
  });

  test(`${driver.name}: versions and create revisions continue after the first revisions of a key were compacted`, async () => {
    const { client } = shared;
    const key = shared.prefix();
    const revisions = await history(key, 10);
    await client.compact({ revision: revisions[8] as number, physical: true });
    const reply = await client.put({ key, value: 'next', prev_kv: true });
    assert.equal(reply.prev_kv?.version, 10);
    const [pair] = (await client.range({ key })).kvs;
    assert.equal(pair?.version, 11);
    assert.equal(pair?.create_revision, revisions[0]);
  });

  test(`${driver.name}: a compaction at the revision of a transaction keeps all keys of that transaction`, async () => {
    const { client } = shared;
    const prefix = shared.prefix();
    const revisions: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      const puts = ['a', 'b', 'c'].map((name) => ({ request_put: { key: prefix + name, value: `${round}` } }));
      revisions.push((await client.txn({ success: puts })).header.revision);
    }
    const middle = revisions[3] as number;
    await client.compact({ revision: middle, physical: true });
    assert.deepEqual(await failureOf(client.range({ key: prefix, revision: middle - 1 })), compacted);
    for (const [index, revision] of revisions.entries()) {
      if (revision < middle) continue;
      const { kvs } = await client.range({ ...withPrefix(prefix), revision });
      assert.deepEqual(
        kvs.map((pair) => [pair.value.toString(), pair.mod_revision, pair.version]),
        Array.from({ length: 3 }, () => [`${index}`, revision, index + 1]),
      );
    }
  });

  test(`${driver.name}: compactions during concurrent writes keep every current key`, async () => {
    const { client } = shared;
    const prefix = shared.prefix();
    let writing = true;
    const compactor = (async () => {
      while (writing) {
        const { revision } = (await client.range({ key: prefix })).header;
        await client.compact({ revision, physical: true }).catch(() => {});
      }
    })();
    const writer = async (name: string) => {
      for (let value = 0; value < 100; value += 1) await client.put({ key: prefix + name, value: `${value}` });
    };
    await Promise.all(Array.from({ length: 8 }, (_, index) => writer(`${index}`)));
    writing = false;
    await compactor;
    const { kvs } = await client.range(withPrefix(prefix));
    assert.deepEqual(
      kvs.map((pair) => [pair.value.toString(), pair.version]),
      Array.from({ length: 8 }, () => ['99', 100]),
    );
  });

  test(`${driver.name}: a compaction is still in effect after a restart`, async (context) => {
    const { server, client } = await ownServer(context, { driver });
    const revisions: number[] = [];
    for (let index = 0; index < 5; index += 1)
      revisions.push((await client.put({ key: 'k', value: `${index}` })).header.revision);
    await client.compact({ revision: revisions[2] as number });
    await server.kill();
    await server.start();
    client.reconnect();
    assert.deepEqual(await failureOf(client.range({ key: 'k', revision: revisions[1] as number })), compacted);
    const kept = await client.range({ key: 'k', revision: revisions[2] as number });
    assert.equal(kept.kvs[0]?.value.toString(), '2');
    assert.deepEqual(await failureOf(client.compact({ revision: revisions[2] as number })), compacted);
  });
}
