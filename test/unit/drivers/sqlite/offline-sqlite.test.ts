import assert from 'node:assert/strict';
import { copyFileSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
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

/**
 * A folder with a copy of a database that was in use: with its log, which has the only row, and
 * without the index of the log.
 */
function copiedDatabase(context: TestContext): { directory: string; path: string } {
  const [source, directory] = [temporaryDirectory(), temporaryDirectory()];
  const database = new Database(join(source, 'state.db'));
  context.after(() => {
    database.close();
    for (const each of [source, directory]) rmSync(each, { recursive: true, force: true });
  });
  database.exec("PRAGMA journal_mode = WAL; CREATE TABLE t (text TEXT); INSERT INTO t VALUES ('logged')");
  const path = join(directory, 'state.db');
  for (const suffix of ['', '-wal']) copyFileSync(join(source, `state.db${suffix}`), `${path}${suffix}`);
  return { directory, path };
}

function filesIn(directory: string): readonly (readonly [string, string])[] {
  return readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'hex')]);
}

const readTexts = (path: string) => offlineSqlite(path).readSnapshot((file) => file.values('SELECT text FROM t'));

test('a read leaves a copy of a file and of its log as it was', async (context) => {
  const { directory, path } = copiedDatabase(context);
  const before = filesIn(directory);
  assert.deepEqual(await readTexts(path), ['logged']);
  assert.deepEqual(filesIn(directory), before);
  await assert.rejects(
    offlineSqlite(path).readSnapshot(() => Promise.reject(new Error('the disk of the snapshot is full'))),
  );
  assert.deepEqual(filesIn(directory), before);
});

test('a read removes nothing that a process uses that opened the file meanwhile', async (context) => {
  const { directory, path } = copiedDatabase(context);
  let served: Database.Database | undefined;
  await offlineSqlite(path).readSnapshot(async () => {
    served = new Database(path);
    served.exec("INSERT INTO t VALUES ('meanwhile')");
  });
  assert.deepEqual(readdirSync(directory).sort(), ['state.db', 'state.db-shm', 'state.db-wal']);
  const other = new Database(path);
  assert.deepEqual(other.prepare('SELECT text FROM t').pluck().all(), ['logged', 'meanwhile']);
  other.close();
  served?.close();
});

test('a read through a symbolic link leaves the log of the file as it was', async (context) => {
  const { directory, path } = copiedDatabase(context);
  const link = join(directory, 'link.db');
  symlinkSync(path, link);
  const before = filesIn(directory);
  assert.deepEqual(await readTexts(link), ['logged']);
  assert.deepEqual(filesIn(directory), before);
});
