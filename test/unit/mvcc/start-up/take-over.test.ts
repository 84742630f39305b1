import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lockedTransaction } from '../../../../src/drivers/offline.ts';
import { offlineSqlite } from '../../../../src/drivers/sqlite/offline-sqlite.ts';
import { limits } from '../../../../src/limits.ts';
import { takeOver } from '../../../../src/mvcc/start-up/take-over.ts';
import { keyText } from '../../../../src/sql/key-text.ts';
import { releaseToKine } from '../../../../src/transfer/release-to-kine.ts';
import { query, tamper, tineFile } from '../../transfer/tine-file.ts';

test('the rows of a key that is not ASCII get one name, however many rows are between them', async () => {
  const path = await tineFile();
  const access = offlineSqlite(path);
  await lockedTransaction(access, releaseToKine);
  const lastId = limits.takeOverRowsMax + 100;
  tamper(
    path,
    `INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, value)
      VALUES (7, 'é', 1, 0, 0, 0, 0, X'34');
    WITH RECURSIVE ids (id) AS (SELECT 8 UNION ALL SELECT id + 1 FROM ids WHERE id < ${lastId - 1})
    INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, value)
      SELECT id, 'k' || id, 1, 0, 0, 0, 0, X'34' FROM ids;
    INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, value)
      VALUES (${lastId}, 'é', 0, 0, 7, 7, 0, X'3535')`,
  );
  await access.prepare();
  await lockedTransaction(access, (database) => database.run(takeOver(0)));
  const name = keyText(Buffer.from('é'));
  assert.deepEqual(query(path, `SELECT id, name FROM kine WHERE id IN (7, ${lastId}) ORDER BY id`), [
    { id: 7, name },
    { id: lastId, name },
  ]);
});
