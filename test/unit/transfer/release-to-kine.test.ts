import assert from 'node:assert/strict';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { lockedTransaction } from '../../../src/drivers/offline.ts';
import { offlineSqlite } from '../../../src/drivers/sqlite/offline-sqlite.ts';
import { prepareDatabase } from '../../../src/drivers/sqlite/prepare-database.ts';
import { StartError } from '../../../src/errors.ts';
import { takeOver } from '../../../src/mvcc/start-up/take-over.ts';
import { keyText } from '../../../src/sql/key-text.ts';
import { checkDatabase } from '../../../src/transfer/check-database.ts';
import { releaseToKine } from '../../../src/transfer/release-to-kine.ts';
import { query, tamper, tineFile } from './tine-file.ts';

const release = (path: string): Promise<readonly string[]> => lockedTransaction(offlineSqlite(path), releaseToKine);

test('rows above the compaction mark get the value they replaced, and rows below it do not', async () => {
  const path = await tineFile();
  await release(path);
  assert.deepEqual(query(path, 'SELECT id, CAST(old_value AS TEXT) AS old FROM kine WHERE old_value IS NOT NULL'), [
    { id: 5, old: '1' },
    { id: 6, old: '2' },
  ]);
});

test("kine's indexes are created, and tine's tables and indexes are dropped", async () => {
  const path = await tineFile();
  await release(path);
  const names = (type: string) =>
    query(path, `SELECT name FROM sqlite_schema WHERE type = '${type}' AND name NOT LIKE 'sqlite_%' ORDER BY name`);
  assert.deepEqual(names('table'), [{ name: 'kine' }]);
  assert.deepEqual(names('index'), [
    { name: 'kine_id_compact_rev_key_with_prev_revision_index' },
    { name: 'kine_id_deleted_index' },
    { name: 'kine_name_id_index' },
    { name: 'kine_name_index' },
    { name: 'kine_name_prev_revision_uindex' },
    { name: 'kine_prev_revision_index' },
  ]);
});

test('a second release changes nothing, and the result is sound', async () => {
  const path = await tineFile();
  assert.notDeepEqual(await release(path), []);
  const before = query(path, 'SELECT * FROM kine');
  assert.deepEqual(await release(path), []);
  assert.deepEqual(query(path, 'SELECT * FROM kine'), before);
  assert.deepEqual((await offlineSqlite(path).readSnapshot(checkDatabase)).findings, []);
});

test('a revision below its id becomes the id, and create revisions that refer to it are changed too', async () => {
  const path = await tineFile();
  tamper(
    path,
    `INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, value, version, revision) VALUES
      (7, 'd', 1, 0, 0, 0, 0, X'35', 1, NULL),
      (8, 'e', 1, 0, 0, 0, 0, X'36', 1, 7),
      (9, 'e', 0, 0, 7, 8, 0, X'37', 2, 8)`,
  );
  await release(path);
  assert.deepEqual(query(path, "SELECT id, create_revision, revision FROM kine WHERE name = 'e'"), [
    { id: 8, create_revision: 0, revision: null },
    { id: 9, create_revision: 8, revision: null },
  ]);
});

test("the API server's key compact_rev_key gets kine's name, with its version before its value", async () => {
  const path = await tineFile();
  const text = keyText(Buffer.from('compact_rev_key'));
  tamper(
    path,
    `INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, value, version) VALUES
      (7, '${text}', 1, 0, 0, 0, 0, X'3535', 1), (8, '${text}', 0, 0, 7, 7, 0, X'3536', 2)`,
  );
  await release(path);
  assert.deepEqual(
    query(
      path,
      "SELECT id, CAST(value AS TEXT) AS value, CAST(old_value AS TEXT) AS old, version FROM kine WHERE name = 'compact_rev_key_apiserver'",
    ),
    [
      { id: 7, value: '1|55', old: null, version: null },
      { id: 8, value: '2|56', old: '1|55', version: null },
    ],
  );
});

test('escaped keys are converted back to bytes, as text', async () => {
  const path = await tineFile();
  const key = Buffer.from([0x2f, 0xc3, 0xa9, 0xff, 0x01, 0x7f]);
  tamper(
    path,
    `INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, value, version)
      VALUES (7, CAST(X'${Buffer.from(keyText(key)).toString('hex')}' AS TEXT), 1, 0, 0, 0, 0, 'x', 1)`,
  );
  await release(path);
  assert.deepEqual(query(path, 'SELECT hex(name) AS name, typeof(name) AS type FROM kine WHERE id = 7'), [
    { name: key.toString('hex').toUpperCase(), type: 'text' },
  ]);
});

test('every byte of a key survives a release and the next start of tine', async () => {
  const path = await tineFile();
  const bytes = [[0x00], [0x61, 0x00, 0x62], [0x61, 0x01], [0x61, 0x7f], [0x61, 0xc3, 0xa9], [0xff]];
  // Keys whose bytes are the text of another key.
  const likeTexts = ['a\x7fc3\x7fa9', '\x7fff', '\x7f7fff', '\x010'];
  const keys = [...bytes, ...likeTexts].map((key) => keyText(Buffer.from(key as string)));
  for (const [index, text] of keys.entries()) {
    tamper(
      path,
      `INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, value, version)
        VALUES (${index + 7}, CAST(X'${Buffer.from(text).toString('hex')}' AS TEXT), 1, 0, 0, 0, 0, 'x', 1)`,
    );
  }
  await release(path);
  const access = offlineSqlite(path);
  await access.prepare();
  await lockedTransaction(access, (database) => database.run(takeOver(0)));
  assert.deepEqual(
    query(path, 'SELECT name FROM kine WHERE id > 6 ORDER BY id'),
    keys.map((name) => ({ name })),
  );
});

test('a lease becomes a TTL, and its rows are as kine would write them', async () => {
  const path = await tineFile();
  tamper(path, 'UPDATE kine SET lease = 60, lease_id = 77 WHERE id = 4');
  await release(path);
  assert.deepEqual(query(path, 'SELECT lease, lease_id, version FROM kine WHERE id = 4'), [
    { lease: 60, lease_id: null, version: null },
  ]);
});

test('missing ids are filled, and the sequence continues after the newest row', async () => {
  const path = await tineFile();
  tamper(path, 'UPDATE kine SET id = 9 WHERE id = 6');
  await release(path);
  assert.deepEqual(query(path, "SELECT id, name, created, deleted, prev_revision FROM kine WHERE name LIKE 'gap-%'"), [
    { id: 6, name: 'gap-6', created: 0, deleted: 1, prev_revision: 0 },
    { id: 7, name: 'gap-7', created: 0, deleted: 1, prev_revision: 0 },
    { id: 8, name: 'gap-8', created: 0, deleted: 1, prev_revision: 0 },
  ]);
  assert.deepEqual(query(path, "SELECT seq FROM sqlite_sequence WHERE name = 'kine'"), [{ seq: 9 }]);
});

test('a file in use is refused and unchanged', async () => {
  const path = await tineFile();
  const other = new Database(path);
  try {
    other.prepare('SELECT 1 FROM kine').get();
    const message = `${path}: another program has locked the database; stop it, then try again`;
    await assert.rejects(release(path), new StartError(message));
    assert.equal(query(path, "SELECT 1 FROM sqlite_schema WHERE name = 'kine_current'").length, 1);
  } finally {
    other.close();
  }
});

test('a database that cannot be released is refused and unchanged', async () => {
  const path = await tineFile();
  tamper(path, "INSERT INTO tine_migrations (name, batch) VALUES ('999-later', 9)");
  await assert.rejects(
    release(path),
    /was written by a newer tine \(it has 999-later\); release it with that version$/,
  );
  const other = await tineFile();
  tamper(other, 'DROP TABLE kine');
  await assert.rejects(release(other), /table kine lacks id, .*; neither tine nor kine wrote it$/);
});

test('tine can take the file over again', async () => {
  const path = await tineFile();
  await release(path);
  await prepareDatabase(path);
  assert.equal(query(path, "SELECT 1 FROM sqlite_schema WHERE name = 'kine_current'").length, 1);
});
