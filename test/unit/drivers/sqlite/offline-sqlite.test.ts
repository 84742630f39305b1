import assert from 'node:assert/strict';
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { offlineSqlite } from '../../../../src/drivers/sqlite/offline-sqlite.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

test('a file is read after a command was killed in its transaction, without that transaction', async (context) => {
  const directory = temporaryDirectory();
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  const [path, killed] = [join(directory, 'state.db'), join(directory, 'killed.db')];
  const database = new Database(path);
  database.exec('PRAGMA journal_mode = DELETE; PRAGMA cache_size = 5; CREATE TABLE t (text TEXT)');
  const insert = database.prepare('INSERT INTO t VALUES (?)');
  insert.run('before');
  database.exec('BEGIN EXCLUSIVE');
  // More than the cache holds, so that pages are written before the commit.
  for (let index = 0; index < 1_000; index += 1) insert.run('x'.repeat(1_000));
  // A kill at this moment leaves these files.
  copyFileSync(path, killed);
  copyFileSync(`${path}-journal`, `${killed}-journal`);
  database.exec('ROLLBACK');
  database.close();

  const rows = await offlineSqlite(killed).readSnapshot((file) => file.values('SELECT text FROM t'));
  assert.deepEqual(rows, ['before']);
});
