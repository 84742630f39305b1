import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { checkDatabase } from '../../src/transfer/check-database.ts';
import { repairDatabase } from '../../src/transfer/repair-database.ts';
import { type Driver, keysOf, TINE_DRIVERS, withoutLog, withPrefix } from '../support/index.ts';
import {
  compact,
  grant,
  put,
  remove,
  rowsOf,
  serving,
  type TestDatabase,
  tamper,
  testDatabase,
  tine,
  writeTineDatabase,
} from './databases.ts';

interface Fault {
  readonly what: string;
  /** The damage that an accident causes to a database of `written`. */
  readonly sql: (driver: Driver) => readonly string[];
  /** The only finding of the check for this damage. */
  readonly finding: RegExp;
  /** The output of the repair. */
  readonly done: RegExp;
  /** The keys that tine serves afterwards, if they are not all that were written. */
  readonly keys?: readonly string[];
}

const everything = ['/a', '/b', '/held'];

const dropIndex = (driver: Driver, index: string, table: string): string =>
  driver.dialect === 'mysql' ? `DROP INDEX ${index} ON ${table}` : `DROP INDEX ${index}`;

/** Rows are /a in 2 and 3, /b in 4, /c in 5 and, deleted, in 6, /held in 7; compacted at 2. */
const faults: readonly Fault[] = [
  {
    what: 'a lost compaction mark',
    sql: () => ['DELETE FROM kine WHERE id = 1'],
    finding: /the row compact_rev_key is missing; `tine repair` repairs it$/,
    done: /created the row compact_rev_key/,
  },
  {
    what: 'three compaction marks',
    sql: () =>
      [8, 9].map(
        (id) =>
          `INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, version) VALUES (${id}, 'compact_rev_key', 1, 0, 0, ${id - 8}, 0, 1)`,
      ),
    finding: /there are 3 rows compact_rev_key instead of one/,
    done: /kept only the newest of 3 rows compact_rev_key/,
  },
  {
    what: 'a key missing from the index of newest rows',
    sql: () => ["DELETE FROM kine_current WHERE name = '/b'"],
    finding: /the index kine_current lacks 1 keys \(the first has row 4\)/,
    done: /rebuilt the index kine_current/,
  },
  {
    what: 'a deleted key in the index of newest rows',
    sql: () => ["INSERT INTO kine_current (name, id) VALUES ('/c', 6)"],
    finding: /the index kine_current has 1 keys that do not exist/,
    done: /rebuilt the index kine_current/,
  },
  {
    what: 'an old row in the index of newest rows',
    sql: () => ["UPDATE kine_current SET id = 2 WHERE name = '/a'"],
    finding: /the index kine_current lacks 1 keys \(the first has row 3\)/,
    done: /rebuilt the index kine_current/,
  },
  {
    what: 'a missing index of names',
    sql: (driver) => [dropIndex(driver, 'kine_name_id_index', 'kine')],
    finding: /index kine_name_id_index is missing; `tine repair` repairs it$/,
    done: /created index kine_name_id_index/,
  },
  {
    what: 'a missing index of leases',
    sql: (driver) => [dropIndex(driver, 'kine_current_lease_index', 'kine_current')],
    finding: /index kine_current_lease_index is missing/,
    done: /created index kine_current_lease_index/,
  },
  {
    what: 'a gap in the ids',
    sql: () => ['DELETE FROM kine WHERE id = 4', "DELETE FROM kine_current WHERE name = '/b'"],
    finding: /1 ids from 3 on are missing: if kine left these gaps, `tine repair` fills them/,
    done: /filled 1 missing id as kine does/,
    keys: ['/a', '/held'],
  },
  {
    what: 'a key attached to a missing lease',
    sql: () => ['DELETE FROM tine_lease'],
    finding: /1 keys \(the first has row 7\) have a lease that does not exist/,
    done: /removed a lease that does not exist from 1 key/,
  },
  {
    what: 'rows that a compaction left behind',
    sql: () => [
      "UPDATE kine SET prev_revision = 6, version = 2 WHERE name = 'compact_rev_key'",
      "UPDATE tine_state SET value = 6 WHERE name = 'compacted_id'",
    ],
    finding: /3 rows \(the first is 2\) are left over from a compaction/,
    done: /deleted 3 rows left over from a compaction/,
  },
  {
    what: 'a revision of several keys without their positions',
    sql: () => ['UPDATE kine SET revision = 6 WHERE id = 7'],
    finding: /1 row \(the first is 7\) have no position within their revision, so no snapshot can be saved/,
    done: /gave 1 row a position within the revision/,
  },
];

async function written(context: TestContext, driver: Driver): Promise<TestDatabase> {
  const database = await testDatabase(context, driver);
  const operations = [put('/a', '1'), put('/a', '2'), put('/b', 'b'), put('/c', 'c'), remove('/c')];
  await writeTineDatabase(database, [...operations, grant(77n, 600), put('/held', 'h', 77n), ...compact(2)]);
  return database;
}

for (const driver of TINE_DRIVERS) {
  test(`${driver.name}: repair leaves a sound database unchanged`, async (context) => {
    const database = await written(context, driver);
    const before = await rowsOf(database, 'SELECT id, name, version, prev_revision, lease FROM kine ORDER BY id');
    const { status, stdout } = tine('repair', database);
    assert.equal(status, 0, stdout);
    assert.match(stdout, /: no faults; nothing to do\n$/);
    assert.equal(tine('check', database).status, 0);
    const after = await rowsOf(database, 'SELECT id, name, version, prev_revision, lease FROM kine ORDER BY id');
    assert.deepEqual(after, before);
  });

  test(`${driver.name}: the deletes of the compacted revision stay until the next compaction`, async (context) => {
    const database = await written(context, driver);
    const kept = () => rowsOf(database, "SELECT id FROM kine WHERE name = '/c' ORDER BY id");
    await writeTineDatabase(database, compact(6));
    assert.equal((await kept()).length, 1);
    assert.match(tine('repair', database).stdout, /: no faults; nothing to do\n$/);
    await writeTineDatabase(database, compact(7));
    assert.equal((await kept()).length, 0);
    assert.match(tine('repair', database).stdout, /: no faults; nothing to do\n$/);
  });

  for (const { what, sql, finding, done, keys = everything } of faults) {
    test(`${driver.name}: ${what} is reported and fixed`, async (context) => {
      const database = await written(context, driver);
      await tamper(database, sql(driver));
      const { findings } = await database.access.readSnapshot(checkDatabase);
      assert.equal(findings.length, 1, findings.join('\n'));
      assert.match(findings[0] ?? '', finding);

      const repaired = await repairDatabase(database.access);
      assert.deepEqual(repaired.left, []);
      assert.match(repaired.done.join('\n'), done);
      assert.deepEqual((await database.access.readSnapshot(checkDatabase)).findings, []);

      await serving(database, async (client) => {
        assert.deepEqual(keysOf((await client.range(withPrefix('/'))).kvs), keys);
        assert.equal((await client.range({ key: '/a' })).kvs[0]?.value.toString(), '2');
        await client.put({ key: '/a', value: '3' });
        assert.equal((await client.range({ key: '/a' })).kvs[0]?.version, 3);
      });
    });
  }

  test(`${driver.name}: damage that cannot be fixed is reported with advice`, async (context) => {
    const database = await written(context, driver);
    await tamper(database, ['UPDATE kine SET create_revision = 0 WHERE id = 3']);
    const { status, stdout } = tine('repair', database);
    assert.equal(status, 1);
    assert.match(stdout, /1 row \(the first is 3\) that update a key .*; restore the database from a backup\n/);
  });

  test(`${driver.name}: repair and release are refused while tine serves the database`, async (context) => {
    const database = await written(context, driver);
    await serving(database, async (client) => {
      await client.put({ key: '/a', value: 'served' });
      for (const command of ['repair', 'release'] as const) {
        const { status, stderr } = tine(command, database);
        assert.equal(status, 1);
        assert.match(withoutLog(stderr), /^tine: [^\n]*stop it, then try again[^\n]*\n$/);
      }
      assert.equal(tine('check', database).status, 0);
    });
  });
}
