import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lockedTransaction } from '../../src/drivers/offline.ts';
import type { DatabaseFacts } from '../../src/mvcc/database-facts.ts';
import { headProgram } from '../../src/mvcc/head.ts';
import { snapshotPage, snapshotSizes } from '../../src/mvcc/snapshot/snapshot-pages.ts';
import { keyValueBytesMax, revisionKeyBytesMax } from '../../src/wire/key-value-writer.ts';
import { onePerDialect, TINE_DRIVERS } from '../support/index.ts';
import { bytes, compact, grant, put, remove, tamper, testDatabase, writeTineDatabase } from '../transfer/databases.ts';

const lease = 2n ** 63n - 1n;

for (const driver of onePerDialect(TINE_DRIVERS)) {
  test(`${driver.name}: before reading rows, a snapshot computes an upper bound of the space that each row needs`, async (context) => {
    const database = await testDatabase(context, driver);
    await writeTineDatabase(database, [
      put('/compacted', '1'),
      put('/compacted', '2'),
      ...compact(3),
      grant(lease, 600),
      put('/a', 'x'.repeat(127)),
      put('/a', 'x'.repeat(70_000), lease),
      put('/empty', ''),
      put('/not ascii \u0000\u0001\u00e9', 'value', lease),
      put('compact_rev_key', 'value'),
      remove('/a'),
      put('/a', 'again'),
    ]);
    // kine before 0.16 kept the value in the row of a delete.
    await tamper(database, [`UPDATE kine SET value = ${bytes(driver, 'left by kine')} WHERE deleted = 1`]);
    const facts: DatabaseFacts = {
      answersLists: driver.name !== 'sqlite',
      joinsValues: driver.name === 'sqlite',
      countsPages: false,
      rangePage: { rowsMax: 1, bytesMax: 1 },
      snapshotPageBytes: 60_000,
    };
    await lockedTransaction(database.access, async (own) => {
      const head = await own.run(headProgram());
      const bounds = { afterId: 0, lastId: head.id, compactId: head.compactId, thereAtId: head.compactId };
      const { variableBytes, cuts } = await own.run(snapshotSizes(bounds, facts));
      assert.equal(variableBytes.length, 8);
      assert.equal(cuts.length, 2, 'a page ends with the row that fills it');
      assert.equal(cuts[1], head.id);
      const rows = await own.run(snapshotPage(bounds, facts));
      assert.deepEqual(rows.variableBytes, variableBytes);
      variableBytes.forEach((each, index) => {
        const keyEnd = rows.keyEnds[index] as number;
        const start = index === 0 ? 0 : (rows.valueEnds[index - 1] as number);
        assert(keyEnd - start <= revisionKeyBytesMax);
        assert((rows.valueEnds[index] as number) - keyEnd <= keyValueBytesMax(each, head.id));
      });
    });
  });
}
