import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lockedTransaction, type OfflineDatabase } from '../../src/drivers/offline.ts';
import { takeOver } from '../../src/mvcc/start-up/take-over.ts';
import { checkDatabase } from '../../src/transfer/check-database.ts';
import { releaseToKine } from '../../src/transfer/release-to-kine.ts';
import { onePerDialect, TINE_DRIVERS } from '../support/index.ts';
import {
  compact,
  grant,
  put,
  remove,
  rowsOf,
  type TestDatabase,
  testDatabase,
  writeTineDatabase,
} from './databases.ts';

/** Releases the database until it has changed tables some times. Returns whether it ended. */
async function releaseUntil({ access }: TestDatabase, changesMax: number): Promise<boolean> {
  const cutOff = new Error('cut off');
  let changes = 0;
  try {
    await lockedTransaction(access, (database) => {
      const counting: OfflineDatabase = {
        ...database,
        change: async (sql, ...parameters) => {
          const changed = await database.change(sql, ...parameters);
          if (/^(ALTER|CREATE|DROP) /.test(sql)) changes += 1;
          if (changes > 0 && changes === changesMax) throw cutOff;
          return changed;
        },
      };
      return releaseToKine(counting);
    });
    return true;
  } catch (error) {
    if (error !== cutOff) throw error;
    return false;
  }
}

/** As a start of tine does. */
async function start({ access }: TestDatabase): Promise<void> {
  await access.prepare();
  await lockedTransaction(access, (database) => database.run(takeOver(0)));
}

async function isWhole(database: TestDatabase, when: string): Promise<void> {
  const keys = await rowsOf(database, 'SELECT name, id FROM kine_current ORDER BY name');
  assert.deepEqual(
    keys.map(([name, id]) => [String(name), id]),
    [
      ['/a', 3],
      ['/b', 4],
      ['/held', 7],
    ],
    when,
  );
  const held = await rowsOf(
    database,
    'SELECT tine_lease.ttl_seconds FROM kine JOIN tine_lease ON tine_lease.id = kine.lease_id WHERE kine.id = 7',
  );
  assert.deepEqual(held, [[600]], when);
  assert.deepEqual((await database.access.readSnapshot(checkDatabase)).findings, [], when);
}

for (const driver of onePerDialect(TINE_DRIVERS)) {
  test(`${driver.name}: a release that ended at any of its steps can be repeated, and tine can start instead`, async (context) => {
    const database = await testDatabase(context, driver);
    const operations = [put('/a', '1'), put('/a', '2'), put('/b', 'b'), put('/c', 'c'), remove('/c')];
    await writeTineDatabase(database, [...operations, grant(77n, 600), put('/held', 'h', 77n), ...compact(2)]);
    for (let changesMax = 1, hasEnded = false; !hasEnded; changesMax += 1) {
      hasEnded = await releaseUntil(database, changesMax);
      // Each on every second step, which takes half of the time.
      if (changesMax % 2 === 0) await lockedTransaction(database.access, releaseToKine);
      await start(database);
      await isWhole(database, `after ${changesMax} changes of tables`);
    }
  });
}
