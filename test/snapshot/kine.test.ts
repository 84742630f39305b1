import assert from 'node:assert/strict';
import { test } from 'node:test';
import { etcdProgramVersion } from '../support/etcd-version.ts';
import { onePerDialect, ownServer, TINE_DRIVERS } from '../support/index.ts';
import { type KineRow, kineRows } from '../support/kine-file.ts';
import { testDatabase, writeKineDatabase } from '../transfer/databases.ts';
import { restoredEtcd, snapshotStatus } from './etcd-tools.ts';
import { savedSnapshot, seen } from './seen.ts';

/** Before 0.16 a delete kept the value, which fills some pages here. */
const large = 'v'.repeat(20_000);
const old: KineRow = { id: 21, name: '/registry/large', deleted: 1, value: large, old_value: large };
const rows: readonly KineRow[] = [
  // kine's names on MySQL are ASCII.
  ...kineRows.map((row) => ({ ...row, name: row.name.replace('é', 'e') })),
  { id: 20, name: old.name, created: 1, value: large },
  { ...old, create_revision: 20, prev_revision: 20 },
];

for (const driver of onePerDialect(TINE_DRIVERS)) {
  test(`${driver.name}: etcd restores a snapshot that contains every kind of kine row`, async (context) => {
    const database = await testDatabase(context, driver);
    await writeKineDatabase(database, rows, 'new');
    const version = etcdProgramVersion();
    const { server, client } = await ownServer(context, {
      driver,
      dataDirectory: database.dataDirectory,
      arguments: ['--emulated-etcd-version', version],
    });
    const path = await savedSnapshot(context, server.address);
    assert.equal(snapshotStatus(path).revision, 21);
    const restored = await restoredEtcd(context, path);
    const fromRevision = 5;
    assert.deepEqual(await seen(restored.client, { fromRevision }), await seen(client, { fromRevision }));
  });
}
