import assert from 'node:assert/strict';
import { test } from 'node:test';
import { etcdError } from '../../src/errors.ts';
import { snapshotSizes } from '../../src/mvcc/snapshot/snapshot-pages.ts';
import { TINE_DRIVERS } from '../support/index.ts';
import { compact, put, remove, testDatabase, writeTineDatabase } from '../transfer/databases.ts';

const facts = {
  joinsValues: false,
  answersLists: true,
  countsPages: false,
  rangePage: { rowsMax: 500, bytesMax: 1_000_000 },
  snapshotPageBytes: 1_024,
};

for (const driver of TINE_DRIVERS) {
  test(`${driver.name}: a snapshot that is not held fails after a compaction of the next revision, which is a delete`, async (context) => {
    const database = await testDatabase(context, driver);
    await writeTineDatabase(database, [put('a', '1'), put('b', '1'), ...compact(3)]);
    // From the compaction of revision 3 on, whose newest row has the id 3.
    const interval = { afterId: 0, lastId: 3, compactId: 3, thereAtId: 3 };
    const sizes = () => database.access.readSnapshot((own) => own.run(snapshotSizes(interval, facts)));
    assert.equal((await sizes()).variableBytes.length, 2);
    await writeTineDatabase(database, [remove('a'), put('c', '1')]);
    assert.equal((await sizes()).variableBytes.length, 2);
    await writeTineDatabase(database, compact(4));
    await assert.rejects(sizes(), etcdError('snapshotOvertaken'));
  });
}
