import assert from 'node:assert/strict';
import { test } from 'node:test';
import { offlineSqlite } from '../../../../src/drivers/sqlite/offline-sqlite.ts';
import { limits } from '../../../../src/limits.ts';
import { keyText } from '../../../../src/sql/key-text.ts';
import { checkDatabase } from '../../../../src/transfer/check-database.ts';
import type { EtcdKeys } from '../../../../src/transfer/copy/etcd-keys.ts';
import { noProgress } from '../../../../src/transfer/copy/progress.ts';
import { DatabaseTarget } from '../../../../src/transfer/follow/database-target.ts';
import type { SourceRevision } from '../../../../src/transfer/follow/source-revisions.ts';
import { type Event, EventType } from '../../../../src/wire/generated/mvccpb/kv.ts';
import { query, tineFile } from '../tine-file.ts';

/** The source sends events only; a kine has no leases to read. */
const source = (isKine: boolean): EtcdKeys => ({ isKine, revision: 6, count: 2, intervals: [] }) as never;

function put(key: string, value: string, lease = 0n): Event {
  const kv = { key: Buffer.from(key), value: Buffer.from(value), lease, modRevision: 0, createRevision: 0, version: 0 };
  return { type: EventType.PUT, kv, prevKv: undefined };
}

function remove(key: string): Event {
  return { ...put(key, ''), type: EventType.DELETE };
}

function at(revision: number, ...events: readonly Event[]): SourceRevision {
  for (const { kv } of events) if (kv !== undefined) kv.modRevision = revision;
  return { revision, events };
}

/** A target with keys a (version 2) and c, at revision 6. */
async function withTarget(
  isKine: boolean,
  work: (target: DatabaseTarget) => Promise<void>,
): Promise<{ readonly path: string; readonly findings: readonly string[] }> {
  const path = await tineFile();
  const access = offlineSqlite(path);
  await access.whileLocked(async (locked) =>
    work(await DatabaseTarget.open(locked, source(isKine), { name: path, keyLengthMax: 100 })),
  );
  return { path, findings: (await access.readSnapshot(checkDatabase)).findings };
}

test('a revision with several keys stays one revision, and a revision without a key becomes a gap', async () => {
  const { path, findings } = await withTarget(false, async (target) => {
    assert.equal(target.revision, 6);
    await target.append([at(7, put('a', '7'), put('d', '7')), at(10, remove('c')), at(11, put('a', '11'))]);
    await target.reach(13);
    assert.equal(target.revision, 13);
    assert.equal(await target.keyCount(), 2);
    await target.complete();
  });
  assert.deepEqual(findings, []);
  assert.deepEqual(query(path, 'SELECT name, COALESCE(revision, id) AS revision, version FROM kine WHERE id > 6'), [
    { name: 'a', revision: 7, version: 3 },
    { name: 'd', revision: 7, version: 1 },
    { name: 'gap-9', revision: 8, version: 0 },
    { name: 'gap-10', revision: 9, version: 0 },
    { name: 'c', revision: 10, version: 0 },
    { name: 'a', revision: 11, version: 4 },
    { name: 'gap-13', revision: 12, version: 0 },
    { name: 'gap-14', revision: 13, version: 0 },
  ]);
  assert.deepEqual(query(path, "SELECT name FROM tine_state WHERE name LIKE 'copy%'"), []);
});

test('more rows than a batch may write are all written', async () => {
  const count = limits.writeBatchRowsMax * 2 + 1;
  const keys = Array.from({ length: count }, (_, index) => `k${index}`);
  const { findings } = await withTarget(false, async (target) => {
    await target.append([at(7, ...keys.map((key) => put(key, '7'))), at(8, put('a', '8'))]);
    await target.append(keys.map((key, index) => at(9 + index, put(key, `${index}`))));
    assert.equal(await target.keyCount(), 2 + count);
    await target.complete();
  });
  assert.deepEqual(findings, []);
});

test('a revision that does not fit the target is refused, and nothing of its page is written', async () => {
  const { path, findings } = await withTarget(false, async (target) => {
    await assert.rejects(
      target.append([at(7, put('a', '7')), at(8, remove('missing'))]),
      /it is at revision 7 instead of 8: it does not have the keys of its source; drop it and start again$/,
    );
    assert.equal(target.revision, 6);
  });
  assert.deepEqual(findings, []);
  assert.deepEqual(query(path, 'SELECT MAX(id) AS id FROM kine'), [{ id: 6 }]);
});

test('the TTL of a key of a kine becomes a lease', async () => {
  const { path, findings } = await withTarget(true, (target) => target.append([at(7, put('/l', '1', 60n))]));
  assert.deepEqual(findings, []);
  assert.deepEqual(query(path, 'SELECT id, ttl_seconds FROM tine_lease'), [{ id: 7, ttl_seconds: 60 }]);
  assert.deepEqual(query(path, "SELECT lease_id, lease FROM kine WHERE name = '/l'"), [{ lease_id: 7, lease: 60 }]);
});

test('the digest of all names is the digest of the target, and a deleted key counts as missing', async () => {
  await withTarget(false, async (target) => {
    await target.append([at(7, put('e', 'x'), remove('c'))]);
    const names = ['a', 'c', 'e', 'z'].map((name) => keyText(Buffer.from(name)));
    const all = await target.digest(noProgress);
    assert.equal(all.keyCount, 2);
    assert.deepEqual(await target.digestOf(names), all);
    assert.notEqual((await target.digestOf(['a'])).hash, all.hash);
  });
});

test('a key that the indexes of the target do not accept ends the copy, and its revision has no effect', async () => {
  await withTarget(false, async (target) => {
    await assert.rejects(target.append([at(7, put('k'.repeat(101), '7'))]), {
      message: /it can index keys of at most 100 characters, and the key that begins with "k{100}" has 101; copy into/,
    });
    assert.equal(target.revision, 6);
    assert.equal(await target.keyCount(), 2);
  });
});
