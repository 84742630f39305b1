/**
 * What tine makes of databases as kine leaves them: every form that kine ever had, on every
 * database.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lockedTransaction } from '../../src/drivers/offline.ts';
import { takeOver } from '../../src/mvcc/start-up/take-over.ts';
import { type Driver, failureOf, keysOf, TINE_DRIVERS, withoutLog, withPrefix } from '../support/index.ts';
import { type KineRow, kineRows, writeKineFile } from '../support/kine-file.ts';
import { insertKineRows, rowsOf, serving, tamper, testDatabase, tine, writeKineDatabase } from './databases.ts';

/**
 * A newer form of the API server's key, and a name whose place depends on the collation of a
 * database.
 */
const others: readonly KineRow[] = [
  { id: 15, name: 'compact_rev_key_apiserver', created: 1, value: '1|7' },
  { id: 16, name: 'compact_rev_key_apiserver', create_revision: 15, prev_revision: 15, value: '2|9', old_value: '1|7' },
  { id: 17, name: '/registry/Z', created: 1, value: 'sorts before a' },
];
/** Compacted at 3. */
const rows: readonly KineRow[] = kineRows.map((row) => others.find(({ id }) => id === row.id) ?? row);

const served = [
  ['/registry/Z', 'sorts before a', 17, 17],
  ['/registry/a', 'a2', 3, 4],
  ['/registry/b', 'b4', 11, 19],
  ['/registry/c', 'c2', 12, 12],
  ['/registry/empty', '', 14, 14],
  ['/registry/health', '{"health":"true"}', 2, 2],
  ['/registry/leased', 'l1', 13, 13],
];

/** Whether kine's column of names accepts keys that are not ASCII on this database. */
const takesAnyKey = (driver: Driver): boolean => driver.dialect !== 'mysql';

for (const driver of TINE_DRIVERS) {
  for (const types of ['new', 'old'] as const) {
    test(`${driver.name}: a kine database opens in place (${types} column types)`, async (context) => {
      const database = await testDatabase(context, driver);
      await writeKineDatabase(database, rows, types);
      assert.match(
        tine('check', database).stdout,
        /: no faults: 8 keys in 18 rows, revision 19; it is a database of kine/,
      );
      await serving(database, async (client) => {
        const { header, kvs } = await client.range(withPrefix('/registry/'));
        assert.equal(header.revision, 19);
        const shown = kvs.map((kv) => [kv.key.toString(), kv.value.toString(), kv.create_revision, kv.mod_revision]);
        assert.deepEqual(shown, served);
        const all = keysOf((await client.range({ key: '\0', range_end: '\0' })).kvs);
        assert.deepEqual(all, [...served.map(([key]) => key), 'compact_rev_key'], "kine's own rows are not shown");
        const [clientsMark] = (await client.range({ key: 'compact_rev_key' })).kvs;
        assert.equal(clientsMark?.value.toString(), '9');
        assert.equal(clientsMark?.version, 2);
        assert.equal((await failureOf(client.range({ key: '/registry/b', revision: 2 }))).code, 'OUT_OF_RANGE');
        assert.equal((await client.range({ key: '/registry/b', revision: 6 })).kvs[0]?.value.toString(), 'b2');

        const watch = client.watch();
        await watch.create({ ...withPrefix('/registry/'), start_revision: 5, prev_kv: true });
        const events = await watch.events(11);
        watch.close();
        assert.deepEqual(
          events.map(({ type, kv, prev_kv }) => `${kv.mod_revision} ${type} ${kv.key} < ${prev_kv?.value ?? '-'}`),
          [
            '5 PUT /registry/b < -',
            '6 PUT /registry/b < b1',
            '7 DELETE /registry/b < b2',
            '9 PUT /registry/c < -',
            '10 DELETE /registry/c < c1',
            '11 PUT /registry/b < -',
            '12 PUT /registry/c < -',
            '13 PUT /registry/leased < -',
            '14 PUT /registry/empty < -',
            '17 PUT /registry/Z < -',
            '19 PUT /registry/b < b3',
          ],
        );

        const [leased] = (await client.range({ key: '/registry/leased' })).kvs;
        const { grantedTTL } = await client.leaseTimeToLive({ ID: leased?.lease ?? 0n });
        assert.equal(grantedTTL, 600);
        await client.leaseRevoke({ ID: leased?.lease ?? 0n });
        assert.equal((await client.range({ key: '/registry/leased' })).count, 0);
      });
      assert.match(tine('check', database).stdout, /: no faults: .*; it is a database of tine\n$/);
    });
  }

  if (driver.dialect === 'sqlite') {
    test(`${driver.name}: keys of digits are keys in a table whose names were declared as numbers`, async (context) => {
      const numbers: readonly KineRow[] = [
        { id: 20, name: '123', created: 1, value: 'n1' },
        { id: 21, name: '123', create_revision: 20, prev_revision: 20, value: 'n2', old_value: 'n1' },
      ];
      for (const added of [[], numbers]) {
        const database = await testDatabase(context, driver);
        writeKineFile(database.access.name, [...rows, ...added], { nameType: 'INTEGER' });
        assert.match(tine('check', database).stdout, /: no faults: /);
        await serving(database, async (client) => {
          const keys = ['007', '7', '1e3', '1000'];
          for (const key of keys) await client.put({ key, value: key });
          const { kvs } = await client.range({ key: '\0', range_end: '\0' });
          const shown = [...keys, ...added.slice(1).map(({ name }) => name)].sort();
          assert.deepEqual(
            keysOf(kvs).filter((key) => !key.startsWith('/') && key !== 'compact_rev_key'),
            shown,
          );
          for (const key of keys) assert.equal(String((await client.range({ key })).kvs[0]?.value), key);
          const [kept] = (await client.range({ key: '123' })).kvs;
          assert.deepEqual(
            [kept?.version, kept?.value.toString()],
            added.length === 0 ? [undefined, undefined] : [2, 'n2'],
          );
        });
        assert.match(tine('check', database).stdout, /: no faults: .*; it is a database of tine\n$/);
      }
    });
  }

  test(`${driver.name}: only the newest of several compaction marks is kept, with the highest revision`, async (context) => {
    const database = await testDatabase(context, driver);
    const marks = [
      { id: 20, name: 'compact_rev_key', created: 1, prev_revision: 5, value: '' },
      { id: 21, name: 'compact_rev_key', created: 1, prev_revision: 0, value: '' },
    ] as const;
    await writeKineDatabase(database, [...rows, ...marks]);
    const { stdout, status } = tine('check', database);
    assert.equal(status, 1);
    assert.match(stdout, /there are 3 rows compact_rev_key instead of one; `tine repair` repairs it/);
    await serving(database, async (client) => {
      assert.equal((await client.range(withPrefix('/registry/'))).header.revision, 21);
      assert.equal((await failureOf(client.range({ key: '/registry/b', revision: 4 }))).code, 'OUT_OF_RANGE');
    });
    assert.deepEqual(await rowsOf(database, "SELECT id, prev_revision FROM kine WHERE name = 'compact_rev_key'"), [
      [21, 5],
    ]);
  });

  test(`${driver.name}: repair fixes a kine database without taking it over`, async (context) => {
    const database = await testDatabase(context, driver);
    const later = rows.filter(({ id }) => id !== 8);
    await writeKineDatabase(database, [...later, { id: 20, name: 'compact_rev_key', created: 1, prev_revision: 2 }]);
    const { stdout, status } = tine('repair', database);
    assert.equal(status, 0, stdout);
    assert.match(stdout, /kept only the newest of 2 rows compact_rev_key/);
    assert.match(stdout, /filled 1 missing id/);
    assert.match(
      tine('check', database).stdout,
      /: no faults: 8 keys in 18 rows, revision 20; it is a database of kine/,
    );
    await serving(database, async (client) => {
      assert.equal((await client.range(withPrefix('/registry/'))).count, served.length);
    });
  });

  test(`${driver.name}: deep history, thousands of keys with a TTL, and large gaps between ids are taken over`, async (context) => {
    const database = await testDatabase(context, driver);
    await writeKineDatabase(database, [{ id: 1, name: 'compact_rev_key', created: 1 }]);
    const many: KineRow[] = [];
    let id = 5_000_000_000;
    for (let index = 0; index < 2_000; index += 1) {
      many.push({ id: ++id, name: `/events/${index}`, created: 1, lease: 3600, value: `${index}` });
    }
    let last = ++id;
    many.push({ id: last, name: '/hot', created: 1, value: '0' });
    const created = last;
    for (let index = 1; index < 3_000; index += 1) {
      many.push({ id: ++id, name: '/hot', create_revision: created, prev_revision: last, value: `${index}` });
      last = id;
    }
    await lockedTransaction(database.access, (own) => insertKineRows(own, driver, many));
    await serving(database, async (client) => {
      const [hot] = (await client.range({ key: '/hot' })).kvs;
      assert.equal(hot?.value.toString(), '2999');
      assert.equal(hot?.version, 3000);
      assert.equal((await client.range({ ...withPrefix('/events/'), count_only: true })).count, 2_000);
      assert.equal((await client.leaseLeases({})).leases.length, 2_000);
      assert.equal((await client.put({ key: '/hot' })).header.revision, id + 1);
    });
  });

  test(`${driver.name}: the time to take over many keys grows linearly`, async (context) => {
    const database = await testDatabase(context, driver);
    await writeKineDatabase(database, [{ id: 1, name: 'compact_rev_key', created: 1 }]);
    const keyCount = 12_000;
    // Each key is created, written once more, and every third deleted.
    const values: string[] = [];
    for (let index = 0; index < keyCount; index += 1) values.push(`(${index + 2}, '/many/${index}', 1, 0, 0, 0, 0)`);
    for (let index = 0; index < keyCount; index += 1) {
      const [id, before] = [index + 2 + keyCount, index + 2];
      values.push(`(${id}, '/many/${index}', 0, ${index % 3 === 0 ? 1 : 0}, ${before}, ${before}, 0)`);
    }
    for (let start = 0; start < values.length; start += 2_000) {
      await tamper(database, [
        `INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease)
        VALUES ${values.slice(start, start + 2_000).join()}`,
      ]);
    }
    await database.access.prepare();
    const start = performance.now();
    await lockedTransaction(database.access, (own) => own.run(takeOver(Date.now())));
    const seconds = (performance.now() - start) / 1000;
    // MariaDB was not done after 20 minutes with 30,000 keys: for each existing key it searched all
    // deleted names again.
    assert.ok(seconds < 20, `took ${seconds.toFixed(1)} s`);
    await serving(database, async (client) => {
      const { count } = await client.range({ ...withPrefix('/many/'), count_only: true });
      assert.equal(count, (keyCount * 2) / 3);
    });
  });

  if (takesAnyKey(driver)) {
    test(`${driver.name}: keys that are not ASCII are taken over and released`, async (context) => {
      const database = await testDatabase(context, driver);
      await writeKineDatabase(database, [...rows, { id: 20, name: '/registry/é', created: 1, value: 'e' }]);
      await serving(database, async (client) => {
        assert.equal((await client.range({ key: '/registry/é' })).kvs[0]?.value.toString(), 'e');
        await client.put({ key: '/registry/ö', value: 'o' });
      });
      const released = tine('release', database);
      assert.equal(released.status, 0, released.stderr);
      const names = await rowsOf(database, `SELECT id, name FROM kine WHERE id > 19 ORDER BY id`);
      assert.deepEqual(names, [
        [20, '/registry/é'],
        [21, '/registry/ö'],
      ]);
    });
  } else {
    test(`${driver.name}: of keys that differ only in case, the one written last is kept`, async (context) => {
      const database = await testDatabase(context, driver);
      await writeKineDatabase(database, [
        { id: 1, name: 'compact_rev_key', created: 1 },
        { id: 2, name: '/Key', created: 1, value: '1' },
        { id: 3, name: '/key', create_revision: 2, prev_revision: 2, value: '2', old_value: '1' },
        { id: 4, name: '/KEY', create_revision: 2, prev_revision: 3, value: '3', old_value: '2' },
        { id: 5, name: '/Gone', created: 1, value: 'g' },
        { id: 6, name: '/gone', deleted: 1, prev_revision: 5, old_value: 'g' },
      ]);
      assert.equal(tine('check', database).status, 0);
      await serving(database, async (client) => {
        const { kvs } = await client.range(withPrefix('/'));
        assert.deepEqual(
          kvs.map(({ key, value, create_revision, version }) => [`${key}=${value}`, create_revision, version]),
          [['/KEY=3', 2, 3]],
        );
        await client.put({ key: '/key', value: 'another' });
        assert.equal((await client.range(withPrefix('/'))).count, 2);
        await client.deleteRange({ key: '/KEY' });
      });
      assert.equal(tine('check', database).status, 0);
    });

    for (const [what, key] of [
      ['too long', `/${'k'.repeat(700)}`],
      ['not ASCII', '/é'],
      ['with a trailing space', '/space '],
    ] as const) {
      test(`${driver.name}: release is refused for a key that kine cannot store (${what})`, async (context) => {
        const database = await testDatabase(context, driver);
        await serving(database, async (client) => {
          await client.put({ key: '/k' });
          await client.put({ key });
        });
        const { status, stderr } = tine('release', database);
        assert.equal(status, 1);
        assert.match(
          withoutLog(stderr),
          /^tine: [^\n]*kine cannot hold the key "\/[^\n]*; delete the key, compact, then release\n$/,
        );
        await serving(database, async (client) => {
          const { header } = await client.deleteRange({ key });
          await client.compact({ revision: header.revision, physical: true });
          await client.put({ key: '/k' });
          const { revision } = (await client.put({ key: '/k' })).header;
          await client.compact({ revision, physical: true });
        });
        assert.equal(tine('release', database).status, 0);
      });
    }
  }
}
