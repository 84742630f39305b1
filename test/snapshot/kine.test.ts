import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { FILE_DRIVERS, ownServer, temporaryDirectory } from '../support/index.ts';
import { type KineRow, kineRows, writeKineFile } from '../support/kine-file.ts';
import { etcdVersion, restoredEtcd, snapshotStatus } from './etcd-tools.ts';
import { savedSnapshot, seen } from './seen.ts';

/** A delete before 0.16 keeps the value, which fills some pages here. */
const large = 'v'.repeat(20_000);
const oldDelete: readonly KineRow[] = [
  { id: 20, name: '/registry/large', created: 1, value: large },
  {
    id: 21,
    name: '/registry/large',
    deleted: 1,
    create_revision: 20,
    prev_revision: 20,
    value: large,
    old_value: large,
  },
];

for (const driver of FILE_DRIVERS) {
  test(`${driver.name}: etcd restores a snapshot of rows of every kind that kine writes`, async (context) => {
    const dataDirectory = temporaryDirectory();
    writeKineFile(join(dataDirectory, 'state.db'), [...kineRows, ...oldDelete]);
    const version = etcdVersion();
    const { server, client } = await ownServer(context, {
      driver,
      dataDirectory,
      arguments: ['--emulated-etcd-version', version.text],
    });
    const path = await savedSnapshot(context, server.address);
    assert.equal(snapshotStatus(path).revision, 21);
    const restored = await restoredEtcd(context, path);
    const fromRevision = 5;
    assert.deepEqual(await seen(restored.client, { fromRevision }), await seen(client, { fromRevision }));
  });
}
