import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { DRIVERS, failureOf, suite, waitFor } from '../../support/index.ts';

/**
 * Kubernetes requests progress from etcd 3.4.25 and 3.5.8 on. tine reports the etcd version that it
 * emulates.
 */
const leastMinorVersion = 6;

for (const driver of DRIVERS) {
  const shared = suite(driver);

  test(`${driver.name}: the status has a version for which Kubernetes requests progress`, async () => {
    const status = await shared.client.status({});
    const [, major, minor] = /^(\d+)\.(\d+)\.\d+/.exec(status.version) ?? [];
    assert.equal(major, '3');
    assert.ok(Number(minor) >= leastMinorVersion, status.version);
  });

  test(`${driver.name}: the status has a leader and consistent sizes and indexes`, async () => {
    const { revision } = (await shared.client.put({ key: shared.prefix(), value: 'x' })).header;
    const status = await shared.client.status({});
    assert.equal(status.header.revision, revision);
    assert.notEqual(status.leader, 0n);
    assert.equal(status.leader, status.header.member_id, 'a single member leads');
    assert.ok(status.dbSize > 0);
    assert.ok(status.dbSizeInUse > 0 && status.dbSizeInUse <= status.dbSize);
    assert.ok(status.raftIndex >= status.raftAppliedIndex);
    assert.ok(status.raftTerm > 0);
    assert.deepEqual(status.errors, []);
    assert.equal(status.isLearner, false);
  });

  test(`${driver.name}: the database size in the status grows with the data`, async () => {
    const before = (await shared.client.status({})).dbSizeInUse;
    const key = shared.prefix();
    for (let index = 0; index < 8; index += 1) {
      await shared.client.put({ key: `${key}${index}`, value: randomBytes(1_000_000) });
    }
    // MySQL updates the size of its tables only from time to time.
    const grew = async () => (await shared.client.status({})).dbSizeInUse - before > 6_000_000;
    await waitFor('the size to grow', grew, { timeoutMs: 40_000 });
  });

  test(`${driver.name}: the member list has this server with its advertised URL`, async () => {
    for (const linearizable of [true, false]) {
      const { header, members } = await shared.client.memberList({ linearizable });
      assert.equal(members.length, 1);
      assert.equal(members[0]?.ID, header.member_id);
      assert.equal(members[0]?.name, 'default');
      assert.deepEqual(members[0]?.clientURLs, [shared.server.url]);
      assert.equal(members[0]?.isLearner, false);
    }
  });

  test(`${driver.name}: a server without problems has no alarm`, async () => {
    assert.deepEqual((await shared.client.alarm({ action: 'GET' })).alarms, []);
  });

  test(`${driver.name}: cluster and member ids stay the same after a restart`, async () => {
    const before = (await shared.client.status({})).header;
    await shared.server.stop();
    await shared.server.start();
    shared.client.reconnect();
    const after = (await shared.client.status({})).header;
    assert.equal(after.cluster_id, before.cluster_id);
    assert.equal(after.member_id, before.member_id);
    assert.equal(after.revision, before.revision);
  });

  test(`${driver.name}: an unknown method is unimplemented`, async () => {
    for (const path of ['/etcdserverpb.KV/Fetch', '/nothing.Of/ThisName']) {
      assert.equal((await failureOf(shared.client.callBytes(path, new Uint8Array()))).code, 'UNIMPLEMENTED');
    }
  });
}
