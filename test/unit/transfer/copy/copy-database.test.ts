import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { lockedTransaction } from '../../../../src/drivers/offline.ts';
import { offlineSqlite } from '../../../../src/drivers/sqlite/offline-sqlite.ts';
import { takeOver } from '../../../../src/mvcc/start-up/take-over.ts';
import { keyText } from '../../../../src/sql/key-text.ts';
import { copyDatabase } from '../../../../src/transfer/copy/copy-database.ts';
import { noProgress } from '../../../../src/transfer/copy/progress.ts';
import { releaseToKine } from '../../../../src/transfer/release-to-kine.ts';
import { temporaryDirectory } from '../../../support/index.ts';
import { query, tamper, tineFile } from '../tine-file.ts';

test('keys of kine that are not ASCII are copied the same before and after a start of tine', async () => {
  const path = await tineFile();
  const source = offlineSqlite(path);
  await lockedTransaction(source, releaseToKine);
  const write = (id: number, name: string) =>
    tamper(
      path,
      `INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, value)
        VALUES (${id}, '${name}', 1, 0, 0, 0, 0, X'34')`,
    );
  const copied = async (): Promise<unknown[]> => {
    const target = join(temporaryDirectory(), 'target.db');
    const report = await copyDatabase(source, offlineSqlite(target), noProgress);
    assert.deepEqual(report.source, report.target);
    return query(target, 'SELECT id, name FROM kine WHERE id > 6 ORDER BY id');
  };
  const first = { id: 7, name: keyText(Buffer.from('é')) };
  const second = { id: 8, name: keyText(Buffer.from('ö')) };
  write(7, 'é');
  assert.deepEqual(await copied(), [first], 'a database of kine');
  await source.prepare();
  await lockedTransaction(source, (database) => database.run(takeOver(0)));
  assert.deepEqual(await copied(), [first], 'taken over');
  write(8, 'ö');
  assert.deepEqual(await copied(), [first, second], 'kine wrote since');
});
