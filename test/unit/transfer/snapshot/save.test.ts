import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { lockedTransaction } from '../../../../src/drivers/offline.ts';
import { offlineSqlite } from '../../../../src/drivers/sqlite/offline-sqlite.ts';
import { takeOver } from '../../../../src/mvcc/start-up/take-over.ts';
import { saveSnapshot } from '../../../../src/transfer/snapshot/save.ts';
import { temporaryDirectory } from '../../../support/index.ts';
import { tamper, tineFile } from '../tine-file.ts';

test('no snapshot is saved while a database has rows of kine that tine has not taken over', async () => {
  const path = await tineFile();
  tamper(
    path,
    `INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, value)
      VALUES (7, 'é', 1, 0, 0, 0, 60, X'34')`,
  );
  const access = offlineSqlite(path);
  const snapshot = join(temporaryDirectory(), 'snapshot.db');
  await assert.rejects(saveSnapshot(snapshot, access, '3.7.0'), /start this tine on it once, then save$/);
  assert.equal(existsSync(snapshot), false);
  await lockedTransaction(access, (database) => database.run(takeOver(0)));
  assert.equal(await saveSnapshot(snapshot, access, '3.7.0'), 7);
});
