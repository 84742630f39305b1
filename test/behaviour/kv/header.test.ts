import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DRIVERS, ownServer, suite } from '../../support/index.ts';

for (const driver of DRIVERS) {
  const shared = suite(driver);

  test(`${driver.name}: a new store is at revision 1, and its first write gets revision 2`, async (context) => {
    const { client } = await ownServer(context, { driver });
    const empty = await client.range({ key: '\0', range_end: '\0' });
    assert.equal(empty.header.revision, 1);
    assert.deepEqual(empty.kvs, []);
    assert.equal(empty.count, 0);
    const put = await client.put({ key: 'first', value: 'a' });
    assert.equal(put.header.revision, 2);
  });

  test(`${driver.name}: every reply has the same cluster id, member id and term`, async () => {
    const { client } = shared;
    const key = shared.prefix();
    const headers = [
      (await client.put({ key })).header,
      (await client.range({ key })).header,
      (await client.deleteRange({ key })).header,
      (await client.txn({})).header,
      (await client.leaseLeases({})).header,
      (await client.status({})).header,
      (await client.memberList({})).header,
    ];
    const [first] = headers;
    assert.ok(first !== undefined && first.cluster_id !== 0n && first.member_id !== 0n && first.raft_term > 0);
    for (const header of headers) assert.deepEqual({ ...header, revision: 0 }, { ...first, revision: 0 });
  });

  test(`${driver.name}: a write increases the revision by one, and a read does not change it`, async () => {
    const { client } = shared;
    const key = shared.prefix();
    const first = await client.put({ key, value: 'a' });
    const second = await client.put({ key, value: 'b' });
    assert.equal(second.header.revision, first.header.revision + 1);
    const read = await client.range({ key });
    assert.equal(read.header.revision, second.header.revision);
    const removed = await client.deleteRange({ key });
    assert.equal(removed.header.revision, second.header.revision + 1);
  });

  test(`${driver.name}: a write that changes nothing does not change the revision`, async () => {
    const { client } = shared;
    const key = shared.prefix();
    const { revision } = (await client.put({ key })).header;
    const missing = `${key}missing`;
    assert.equal((await client.deleteRange({ key: missing })).header.revision, revision);
    assert.equal((await client.txn({ success: [{ request_range: { key } }] })).header.revision, revision);
    assert.equal(
      (await client.txn({ success: [{ request_delete_range: { key: missing } }] })).header.revision,
      revision,
    );
    assert.equal((await client.txn({})).header.revision, revision);
  });

  test(`${driver.name}: a put of the same value increases the revision`, async () => {
    const { client } = shared;
    const key = shared.prefix();
    const first = await client.put({ key, value: 'same' });
    const second = await client.put({ key, value: 'same' });
    assert.equal(second.header.revision, first.header.revision + 1);
    const [pair] = (await client.range({ key })).kvs;
    assert.equal(pair?.version, 2);
    assert.equal(pair?.mod_revision, second.header.revision);
  });
}
