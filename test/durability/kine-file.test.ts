import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import Database from 'better-sqlite3';
import {
  failureOf,
  keysOf,
  ownServer,
  runTine,
  sqlite,
  temporaryDirectory,
  waitFor,
  withoutLog,
  withPrefix,
} from '../support/index.ts';
import { type KineFileOptions, kineRows, writeKineFile } from '../support/kine-file.ts';

async function openKineFile(context: TestContext, options: KineFileOptions = {}) {
  const dataDirectory = temporaryDirectory();
  const path = join(dataDirectory, 'state.db');
  writeKineFile(path, kineRows, options);
  return { ...(await ownServer(context, { driver: sqlite, dataDirectory })), path };
}

function queryFile<T>(path: string, sql: string): T[] {
  const database = new Database(path, { readonly: true });
  try {
    return database.prepare(sql).all() as T[];
  } finally {
    database.close();
  }
}

for (const nameType of ['TEXT', 'INTEGER'] as const) {
  test(`sqlite: a kine file opens in place (name column type ${nameType})`, async (context) => {
    const { client } = await openKineFile(context, { nameType });
    const { header, kvs } = await client.range(withPrefix('/registry/'));
    assert.equal(header.revision, 19);
    assert.deepEqual(
      kvs.map((kv) => [kv.key.toString(), kv.value.toString(), kv.create_revision, kv.mod_revision, kv.version]),
      [
        ['/registry/a', 'a2', 3, 4, kvs[0]?.version],
        ['/registry/b', 'b4', 11, 19, 2],
        ['/registry/c', 'c2', 12, 12, 1],
        ['/registry/empty', '', 14, 14, 1],
        ['/registry/health', '{"health":"true"}', 2, 2, 1],
        ['/registry/leased', 'l1', 13, 13, 1],
        ['/registry/é', 'not ASCII', 17, 17, 1],
      ],
    );
    assert.ok((kvs[0]?.version ?? 0) >= 1, 'of a chain whose beginning is gone, the kept part counts');
  });
}

test("sqlite: kine's internal rows are hidden, and the API server's compact key is visible", async (context) => {
  const { client } = await openKineFile(context);
  const keys = keysOf((await client.range({ key: '\0', range_end: '\0' })).kvs);
  assert.deepEqual(
    keys.filter((key) => !key.startsWith('/registry/')),
    ['compact_rev_key'],
  );
  const [pair] = (await client.range({ key: 'compact_rev_key' })).kvs;
  assert.equal(pair?.value.toString(), '9');
  assert.equal(pair?.version, 2, 'kine keeps the version in front of the value');
  const { succeeded } = await client.txn({
    compare: [{ key: 'compact_rev_key', target: 'VERSION', version: 2 }],
    success: [{ request_put: { key: 'compact_rev_key', value: '15' } }],
  });
  assert.equal(succeeded, true);
});

test('sqlite: the history that kine wrote can be read and watched', async (context) => {
  const { client } = await openKineFile(context);
  assert.equal((await client.range({ key: '/registry/b', revision: 6 })).kvs[0]?.value.toString(), 'b2');
  assert.equal((await client.range({ key: '/registry/b', revision: 8 })).count, 0);
  assert.equal((await client.range({ ...withPrefix('/registry/'), revision: 9 })).count, 3);
  assert.equal((await failureOf(client.range({ key: '/registry/b', revision: 2 }))).code, 'OUT_OF_RANGE');
  const watch = client.watch();
  await watch.create({ ...withPrefix('/registry/'), start_revision: 4, prev_kv: true });
  const events = await watch.events(12);
  watch.close();
  assert.deepEqual(
    events
      .map(({ type, kv, prev_kv }) => `${kv.mod_revision} ${type} ${kv.key} ${kv.value} < ${prev_kv?.value ?? '-'}`)
      .slice(1),
    [
      '5 PUT /registry/b b1 < -',
      '6 PUT /registry/b b2 < b1',
      '7 DELETE /registry/b  < b2',
      '9 PUT /registry/c c1 < -',
      '10 DELETE /registry/c  < c1',
      '11 PUT /registry/b b3 < -',
      '12 PUT /registry/c c2 < -',
      '13 PUT /registry/leased l1 < -',
      '14 PUT /registry/empty  < -',
      '17 PUT /registry/é not ASCII < -',
      '19 PUT /registry/b b4 < b3',
    ],
  );
});

test("sqlite: writes continue after kine's last revision", async (context) => {
  const { client } = await openKineFile(context);
  const created = await client.put({ key: '/registry/b', value: 'b5', prev_kv: true });
  assert.equal(created.header.revision, 20);
  assert.equal(created.prev_kv?.value.toString(), 'b4');
  assert.equal((await client.range({ key: '/registry/b' })).kvs[0]?.version, 3);
  assert.equal((await client.deleteRange({ key: '/registry/a' })).deleted, 1);
  const { ID } = await client.leaseGrant({ TTL: 60 });
  await client.put({ key: '/registry/new', value: 'n', lease: ID });
  await client.compact({ revision: 21 });
  assert.deepEqual(keysOf((await client.range(withPrefix('/registry/'))).kvs), [
    '/registry/b',
    '/registry/c',
    '/registry/empty',
    '/registry/health',
    '/registry/leased',
    '/registry/new',
    '/registry/é',
  ]);
});

test("sqlite: a key with kine's TTL gets a lease that starts when tine starts", async (context) => {
  const { client } = await openKineFile(context);
  const [pair] = (await client.range({ key: '/registry/leased' })).kvs;
  assert.notEqual(pair?.lease, 0n);
  const lease = await client.leaseTimeToLive({ ID: pair?.lease ?? 0n, keys: true });
  assert.equal(lease.grantedTTL, 600);
  assert.ok(lease.TTL > 590);
  assert.deepEqual(lease.keys.map(String), ['/registry/leased']);
  await client.leaseRevoke({ ID: pair?.lease ?? 0n });
  assert.equal((await client.range({ key: '/registry/leased' })).count, 0);
});

test('sqlite: tine release is refused while a server has the file open', async (context) => {
  const { path } = await openKineFile(context);
  const result = runTine(['release', path]);
  assert.equal(result.status, 1);
  assert.match(withoutLog(result.stderr), /^tine: [^\n]+\n$/);
});

test("sqlite: tine release converts rows to kine's form", async (context) => {
  const { server, client, path } = await openKineFile(context);
  await client.put({ key: '/registry/b', value: 'b5' });
  await client.deleteRange({ key: '/registry/c' });
  await client.put({ key: '/registry/c', value: 'c3' });
  const several = ['/registry/x', '/registry/y', '/registry/z'];
  await client.txn({ success: several.map((key) => ({ request_put: { key, value: 'several' } })) });
  await client.put({ key: '/registry/x', value: 'later' });
  await client.put({ key: 'compact_rev_key', value: '12' });
  const { ID } = await client.leaseGrant({ TTL: 77 });
  await client.put({ key: '/registry/held', value: 'h', lease: ID });
  const before = (await client.range(withPrefix('/registry/'))).kvs;
  await server.stop();

  const result = runTine(['release', path]);
  assert.equal(result.status, 0, result.stderr);
  assert.equal(runTine(['release', path]).status, 0, 'a second time changes nothing');

  const integrity = queryFile<{ integrity_check: string }>(path, 'PRAGMA integrity_check');
  assert.deepEqual(integrity, [{ integrity_check: 'ok' }]);
  const ids = queryFile<{ id: number }>(path, 'SELECT id FROM kine ORDER BY id').map(({ id }) => id);
  const kept = ids.filter((id) => id > 3);
  assert.deepEqual(
    kept,
    kept.map((_, index) => 4 + index),
    'dense, or kine takes each hole for a write that is still coming',
  );
  const marks = queryFile<{ prev_revision: number }>(
    path,
    "SELECT prev_revision FROM kine WHERE name = 'compact_rev_key'",
  );
  assert.equal(marks.length, 1, 'exactly one compaction mark');
  const current = queryFile<{ name: string; value: Buffer | null; lease: number }>(
    path,
    `SELECT name, value, lease
     FROM kine
     WHERE id IN (SELECT MAX(id) FROM kine WHERE name LIKE '/registry/%' GROUP BY name) AND deleted = 0
     ORDER BY CAST(name AS BLOB)`,
  );
  assert.deepEqual(
    current.map(({ name, value }) => [name, value?.toString() ?? '']),
    before.map(({ key, value }) => [key.toString(), value.toString()]),
  );
  assert.equal(current.find(({ name }) => name === '/registry/held')?.lease, 77, "kine's lease is a TTL");
  const [clientsMark] = queryFile<{ value: Buffer }>(
    path,
    "SELECT value FROM kine WHERE name = 'compact_rev_key_apiserver' ORDER BY id DESC LIMIT 1",
  );
  assert.equal(clientsMark?.value.toString(), '3|12');
  const withoutOldValue = queryFile(
    path,
    `SELECT kine.id
     FROM kine
     JOIN kine older ON older.id = kine.prev_revision
     WHERE kine.created = 0 AND older.deleted = 0 AND COALESCE(older.value, x'') <> COALESCE(kine.old_value, x'')
       AND kine.name <> 'compact_rev_key_apiserver'`,
  );
  assert.deepEqual(withoutOldValue, [], 'kine looks for a previous value in the row itself');
  const indexed = queryFile<{ columns: string }>(
    path,
    `SELECT group_concat(ii.name, ',') AS columns
     FROM pragma_index_list('kine') AS il, pragma_index_info(il.name) AS ii
     GROUP BY il.name`,
  ).map(({ columns }) => columns);
  for (const columns of ['name', 'name,id', 'id,deleted', 'prev_revision', 'name,prev_revision']) {
    assert.ok(indexed.includes(columns), `an index on (${columns}) in ${indexed.join(' | ')}`);
  }
});

test('sqlite: a released file opens again with the same keys', async (context) => {
  const { server, client, path } = await openKineFile(context);
  for (let round = 0; round < 3; round += 1) {
    await client.txn({
      success: ['p', 'q'].map((name) => ({ request_put: { key: `/registry/${name}`, value: `${round}` } })),
    });
    const before = (await client.range(withPrefix('/registry/'))).kvs.map(({ key, value }) => `${key}=${value}`);
    await server.stop();
    assert.equal(runTine(['release', path]).status, 0);
    await server.start();
    client.reconnect();
    const after = (await client.range(withPrefix('/registry/'))).kvs.map(({ key, value }) => `${key}=${value}`);
    assert.deepEqual(after, before);
  }
});

test('sqlite: rows that kine wrote between two runs of tine are taken over', async (context) => {
  const { server, client, path } = await openKineFile(context);
  await client.put({ key: '/registry/b', value: 'by tine' });
  await server.stop();
  assert.equal(runTine(['release', path]).status, 0);
  const database = new Database(path);
  const last = database.prepare('SELECT MAX(id) FROM kine').pluck().get() as number;
  const own = database.prepare("SELECT MAX(id) FROM kine WHERE name = '/registry/b'").pluck().get() as number;
  const insert = database.prepare(`
    INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, value, old_value)
    VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?)`);
  insert.run(last + 1, '/registry/b', 0, 0, 11, own, Buffer.from('by kine'), Buffer.from('by tine'));
  insert.run(last + 2, '/registry/by-kine', 1, 0, 0, 0, Buffer.from('new'), null);
  insert.run(last + 3, '/registry/c', 0, 1, 0, 12, null, Buffer.from('c2'));
  database.close();
  await server.start();
  client.reconnect();
  const { header, kvs } = await client.range(withPrefix('/registry/'));
  const values = Object.fromEntries(kvs.map(({ key, value }) => [key.toString(), value.toString()]));
  assert.equal(values['/registry/b'], 'by kine');
  assert.equal(values['/registry/by-kine'], 'new');
  assert.equal(values['/registry/c'], undefined);
  assert.ok(header.revision >= last + 3);
  await waitFor(
    'a further write',
    async () => (await client.put({ key: '/registry/b' })).header.revision === header.revision + 1,
  );
});
