import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lockedTransaction } from '../../../src/drivers/offline.ts';
import { offlineSqlite } from '../../../src/drivers/sqlite/offline-sqlite.ts';
import { takeOver } from '../../../src/mvcc/start-up/take-over.ts';
import { repairDatabase } from '../../../src/transfer/repair-database.ts';
import { query, tamper, tineFile } from './tine-file.ts';

test('a repaired gap between rows that kine wrote since the last start hides none of their keys', async () => {
  const path = await tineFile();
  tamper(
    path,
    `INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, value) VALUES
      (7, 'd', 1, 0, 0, 0, 0, X'34'),
      (8, 'a', 0, 0, 2, 5, 0, X'3535'),
      (9, 'gap-9', 0, 1, 0, 0, 0, NULL),
      (11, 'e', 1, 0, 0, 0, 0, X'36')`,
  );
  const access = offlineSqlite(path);
  const { done, left } = await repairDatabase(access);
  assert.deepEqual(left, []);
  assert.match(done.join('\n'), /^filled 1 missing id as kine does/);
  await lockedTransaction(access, (database) => database.run(takeOver(0)));
  assert.deepEqual(query(path, 'SELECT name, id, value_bytes FROM kine_current ORDER BY name'), [
    { name: 'a', id: 8, value_bytes: 2 },
    { name: 'c', id: 4, value_bytes: 1 },
    { name: 'd', id: 7, value_bytes: 1 },
    { name: 'e', id: 11, value_bytes: 1 },
  ]);
});

for (const isRepaired of [true, false]) {
  test(`${isRepaired ? 'a repaired' : 'a missing'} compaction mark hides no key that kine wrote since the last start`, async () => {
    const path = await tineFile();
    tamper(
      path,
      `DELETE FROM kine WHERE name = 'compact_rev_key';
      INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, value) VALUES
        (7, 'd', 1, 0, 0, 0, 60, X'34')`,
    );
    const access = offlineSqlite(path);
    if (isRepaired) assert.match((await repairDatabase(access)).done.join('\n'), /^created the row compact_rev_key/);
    const { leases } = await lockedTransaction(access, (database) => database.run(takeOver(0)));
    assert.equal(leases, 1);
    assert.deepEqual(query(path, "SELECT id, lease_id FROM kine_current WHERE name = 'd'"), [{ id: 7, lease_id: 7 }]);
  });
}
