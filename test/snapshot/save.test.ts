import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { test } from 'node:test';
import { chosenSeed } from '../parity/random.ts';
import { etcdProgramVersion } from '../support/etcd-version.ts';
import { onePerDialect, ownServer, TINE_DRIVERS } from '../support/index.ts';
import { restoredEtcd, snapshotStatus } from './etcd-tools.ts';
import { hashKv } from './hash-kv.ts';
import { writeRandomHistory } from './random-history.ts';
import { savedSnapshot, seen } from './seen.ts';

for (const driver of onePerDialect(TINE_DRIVERS)) {
  test(`${driver.name}: etcd restores a snapshot with its revisions, versions, leases and history`, async (context) => {
    const seed = chosenSeed();
    context.diagnostic(`TINE_TEST_SEED=${seed}`);
    const version = etcdProgramVersion();
    const { server, client } = await ownServer(context, {
      driver,
      arguments: ['--emulated-etcd-version', version],
    });
    const head = await writeRandomHistory([client], { seed, stepCount: 150, leases: true });
    const path = await savedSnapshot(context, server.address);
    const compactRevision = (await hashKv(client, 0)).compact_revision;

    const status = snapshotStatus(path);
    assert.equal(status.revision, head);
    assert.equal(status.totalSize % 4096, 0);
    assert.equal(statSync(path).size, status.totalSize + 32, 'and the SHA-256');
    const { hash } = (await client.call('etcdserverpb.Maintenance', 'Hash', {})) as { readonly hash: number };
    assert.equal(hash, status.hash, 'Hash is what the status shows');

    const restored = await restoredEtcd(context, path);
    assert.match(status.version, /^3\.\d+\.0$/);
    // At the compacted revision itself tine returns the hash of the time before the compaction,
    // which a snapshot does not contain.
    for (let revision = Math.max(1, compactRevision + 1); revision <= head; revision += 5) {
      const { header: _own, ...own } = await hashKv(client, revision);
      const { header: _etcds, ...etcds } = await hashKv(restored.client, revision);
      assert.deepEqual(own, etcds, `HashKV at revision ${revision}`);
    }
    const fromRevision = compactRevision + 1;
    assert.deepEqual(await seen(restored.client, { fromRevision }), await seen(client, { fromRevision }));
  });

  test(`${driver.name}: an empty store can be saved as a snapshot`, async (context) => {
    const version = etcdProgramVersion();
    const { server } = await ownServer(context, { driver, arguments: ['--emulated-etcd-version', version] });
    const path = await savedSnapshot(context, server.address);
    assert.equal(snapshotStatus(path).totalKey, 0);
    const restored = await restoredEtcd(context, path);
    assert.equal((await restored.client.put({ key: 'a' })).header.revision, 2);
  });

  test(`${driver.name}: a snapshot during writes and compactions has the state of one revision`, async (context) => {
    const version = etcdProgramVersion();
    const { server, client } = await ownServer(context, {
      driver,
      arguments: ['--emulated-etcd-version', version],
    });
    const value = 'v'.repeat(2_000);
    const put = async (index: number) =>
      (await client.put({ key: `/k/${index % 50}`, value: `${index}${value}` })).header;
    for (let index = 0; index < 400; index += 1) await put(index);
    let isSaving = true;
    const writing = (async () => {
      for (let index = 400; isSaving; index += 1) {
        const { revision } = await put(index);
        if (index % 20 === 0) await client.compact({ revision: revision - 10 });
      }
    })();
    const paths: string[] = [];
    for (let count = 0; count < 5; count += 1) paths.push(await savedSnapshot(context, server.address));
    isSaving = false;
    await writing;
    const revisions = paths.map((path) => snapshotStatus(path).revision);
    assert.deepEqual(
      revisions,
      revisions.toSorted((a, b) => a - b),
    );
    for (const path of paths) assert.equal(snapshotStatus(path).totalKey, 50);
    const restored = await restoredEtcd(context, paths[2] as string);
    assert.equal((await restored.client.range({ key: '/k/', range_end: '/k0' })).count, 50);
  });
}
