import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FileReader } from '../../../../src/bbolt/file-reader.ts';
import { type Element, FileMeasure, FileWriter } from '../../../../src/bbolt/file-writer.ts';
import { checkDatabase } from '../../../../src/transfer/check-database.ts';
import { noProgress } from '../../../../src/transfer/copy/progress.ts';
import { restoreSnapshot } from '../../../../src/transfer/snapshot/restore.ts';
import { saveSnapshot } from '../../../../src/transfer/snapshot/save.ts';
import { KeyValueWriter } from '../../../../src/wire/key-value-writer.ts';
import { sqlite, temporaryDirectory } from '../../../support/index.ts';
import { put, remove, rowsOf, testDatabase, writeTineDatabase } from '../../../transfer/databases.ts';

/**
 * Changes a snapshot to one that etcd saves while it deletes the rows of a compaction: the mark is
 * set, and the rows are still there.
 */
function beginCompaction(path: string, revision: number): void {
  const writer = new KeyValueWriter();
  writer.revisionKey({ revision, subRevision: 0, isTombstone: false });
  const mark: Element = [Buffer.from('scheduledCompactRev'), Buffer.from(writer.take())];
  const buckets = FileReader.use(path, (file) =>
    [...file.buckets()].map(([name, bucket]) => {
      const elements = [...file.elements(bucket)].map(
        ([key, value]) => [Buffer.from(key), Buffer.from(value)] as const,
      );
      const withMark = name === 'meta' ? [...elements, mark] : elements;
      return [name, withMark.sort(([one], [other]) => Buffer.compare(one, other))] as const;
    }),
  );
  const measure = new FileMeasure();
  for (const [name, elements] of buckets) measure.bucket(name, elements);
  const file = new FileWriter(measure.finish());
  const chunks: Buffer[] = [];
  for (const [name, elements] of buckets) chunks.push(...file.bucket(name, elements));
  // Without the SHA-256, as in a data directory.
  writeFileSync(path, Buffer.concat([...chunks, ...file.finish()]));
}

test('a snapshot that was saved during a compaction is restored without the keys that were deleted before it', async (context) => {
  const source = await testDatabase(context, sqlite);
  await writeTineDatabase(source, [
    put('kept', '1'),
    put('deleted', '1'),
    put('deleted', '2'),
    put('created-again', '1'),
    remove('deleted'),
    remove('created-again'),
    put('kept', '2'),
    put('later', '1'),
    put('created-again', '2'),
    remove('later'),
  ]);
  const path = join(temporaryDirectory(), 'snapshot.db');
  await saveSnapshot(path, source.access, '3.7.0');
  beginCompaction(path, 9);
  const target = await testDatabase(context, sqlite);
  const { revision, summary } = await restoreSnapshot(path, target.access, { bumpRevision: 0, progress: noProgress });
  assert.deepEqual([revision, summary.compactRevision, summary.keyCount], [11, 9, 2]);
  assert.deepEqual(await rowsOf(target, 'SELECT name FROM kine_current ORDER BY name'), [['created-again'], ['kept']]);
  assert.deepEqual(
    await rowsOf(
      target,
      "SELECT name, COALESCE(revision, id), deleted FROM kine WHERE name <> 'compact_rev_key' ORDER BY id",
    ),
    [
      ['kept', 8, 0],
      ['later', 9, 0],
      ['created-again', 10, 0],
      ['later', 11, 1],
    ],
  );
  assert.deepEqual((await target.access.readSnapshot(checkDatabase)).findings, []);
});
