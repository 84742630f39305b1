import assert from 'node:assert/strict';
import { closeSync, openSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { offlineSqlite } from '../../../src/drivers/sqlite/offline-sqlite.ts';
import { StartError } from '../../../src/errors.ts';
import { type CheckReport, checkDatabase } from '../../../src/transfer/check-database.ts';
import { temporaryDirectory } from '../../support/index.ts';
import { tamper, tineFile } from './tine-file.ts';

const check = (path: string): Promise<CheckReport> => offlineSqlite(path).readSnapshot(checkDatabase);

/** The damage that an accident causes to a sound file, and the only finding of the check. */
const accidents: readonly { readonly what: string; readonly sql: string; readonly finding: RegExp }[] = [
  {
    what: 'a lost row above the compaction mark',
    sql: 'DELETE FROM kine WHERE id = 4; DELETE FROM kine_current WHERE id = 4',
    finding:
      /^1 ids from 4 on are missing: if kine left these gaps, `tine repair` fills them; otherwise rows were lost/,
  },
  {
    what: 'a row that replaces a row of another key',
    sql: 'UPDATE kine SET prev_revision = 4 WHERE id = 5',
    finding: /^1 row \(the first is 5\) whose prev_revision is no earlier row of their key; restore/,
  },
  {
    what: 'a row that replaces a later one',
    sql: 'UPDATE kine SET prev_revision = 9 WHERE id = 5',
    finding: /^1 row \(the first is 5\) whose prev_revision is no earlier row/,
  },
  {
    what: 'a row without a key',
    sql: "UPDATE kine SET name = X'61' WHERE id = 4; UPDATE kine_current SET name = X'61' WHERE id = 4",
    finding: /^1 row \(the first is 4\) without a key/,
  },
  {
    what: 'an update of a key that was never created',
    sql: 'UPDATE kine SET create_revision = 0 WHERE id = 5',
    finding: /^1 row \(the first is 5\) that update a key without the revision of its creation/,
  },
  {
    what: 'a revision that goes back',
    sql: 'UPDATE kine SET revision = 2 WHERE id = 5',
    finding: /^1 row \(the first is 5\) whose revision is below that of an earlier row, or above their id/,
  },
  {
    what: 'a revision above its id',
    sql: 'UPDATE kine SET revision = 9 WHERE id = 6',
    finding: /^1 row \(the first is 6\) whose revision is below that of an earlier row, or above their id/,
  },
  {
    what: 'a key missing from the index',
    sql: "DELETE FROM kine_current WHERE name = 'c'",
    finding: /^the index kine_current lacks 1 keys \(the first has row 4\); `tine repair` repairs it/,
  },
  {
    what: 'an old row in the index',
    sql: "UPDATE kine_current SET id = 2 WHERE name = 'a'",
    finding: /^the index kine_current lacks 1 keys \(the first has row 5\)/,
  },
  {
    what: 'a deleted key in the index',
    sql: "INSERT INTO kine_current (name, id) VALUES ('b', 6)",
    finding: /^the index kine_current has 1 keys that do not exist \(the first has row 6\)/,
  },
  {
    what: 'a key attached to a missing lease',
    sql: "UPDATE kine SET lease_id = 7 WHERE id = 4; UPDATE kine_current SET lease_id = 7 WHERE name = 'c'",
    finding: /^1 keys \(the first has row 4\) have a lease that does not exist/,
  },
  {
    what: 'a lost compaction mark',
    sql: "UPDATE kine SET name = 'x', created = 0, deleted = 1, prev_revision = 0 WHERE id = 1",
    finding: /^the row compact_rev_key is missing; `tine repair` repairs it$/,
  },
  {
    what: 'a second compaction mark',
    sql: "INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, version) VALUES (7, 'compact_rev_key', 1, 0, 0, 2, 1)",
    finding: /^there are 2 rows compact_rev_key instead of one; `tine repair` repairs it/,
  },
  {
    what: 'a sequence that is behind',
    sql: "UPDATE sqlite_sequence SET seq = 4 WHERE name = 'kine'",
    finding: /^the sequence of ids is behind the newest row; `tine repair` repairs it$/,
  },
  {
    what: 'a newer schema',
    sql: "INSERT INTO tine_migrations (name, batch) VALUES ('999-later', 9)",
    finding: /^written by a newer tine \(it has 999-later\); use that version or a newer one$/,
  },
  {
    what: 'a table of another program',
    sql: 'ALTER TABLE kine RENAME COLUMN lease TO rent',
    finding: /^table kine lacks lease; neither tine nor kine wrote it; give another database$/,
  },
];

test('a sound database has no findings and a summary of its contents', async () => {
  assert.deepEqual(await check(await tineFile()), {
    findings: [],
    summary: '2 keys in 6 rows, revision 6; it is a database of tine',
  });
});

for (const { what, sql, finding } of accidents) {
  test(`${what} is the one finding`, async () => {
    const path = await tineFile();
    tamper(path, sql);
    const { findings } = await check(path);
    assert.equal(findings.length, 1, findings.join('\n'));
    assert.match(findings[0] ?? '', finding);
  });
}

test('rows that kine wrote meanwhile are not an error of the index', async () => {
  const path = await tineFile();
  tamper(
    path,
    "INSERT INTO kine (name, created, deleted, create_revision, prev_revision, lease) VALUES ('d', 1, 0, 0, 0, 0)",
  );
  const { findings, summary } = await check(path);
  assert.deepEqual(findings, []);
  assert.match(summary ?? '', /it is a database of kine, which tine takes over when it starts$/);
});

test('a compacted row may be replaced by an existing one', async () => {
  const path = await tineFile();
  tamper(path, 'DELETE FROM kine WHERE id IN (2, 3)');
  assert.deepEqual((await check(path)).findings, []);
});

test('a corrupt page is found', async () => {
  const path = await tineFile();
  tamper(path, 'PRAGMA wal_checkpoint(TRUNCATE)');
  const file = openSync(path, 'r+');
  // The last page holds a table's or an index's rows.
  writeSync(file, Buffer.alloc(2048, 0xa5), 0, 2048, statSync(path).size - 4096);
  closeSync(file);
  let findings: readonly string[];
  try {
    ({ findings } = await check(path));
  } catch (error) {
    assert.ok(error instanceof StartError, String(error));
    findings = [error.message];
  }
  assert.match(findings.join('\n'), /damaged/);
});

test('a missing file or another kind of file is reported in one line', async () => {
  const path = join(temporaryDirectory(), 'text');
  await assert.rejects(check(path), new StartError(`${path}: no such file`));
  writeFileSync(path, 'certainly no database, but long enough to be one: '.repeat(100));
  await assert.rejects(
    check(path),
    new StartError(`${path}: not a SQLite database; give another file, or move this one away`),
  );
});
