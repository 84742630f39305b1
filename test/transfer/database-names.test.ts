import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NAMING_DRIVERS, runTine } from '../support/index.ts';
import { put, serving, testDatabase, writeTineDatabase } from './databases.ts';

/** Each name has a tail that no other test run uses. */
const names = [
  'dot.dot',
  `-dash space'quote"double\`backtick`,
  '1UpperLower',
  'question?mark',
  'back\\slash%percent;semicolon',
  'é$1',
].map((name) => `${name}.${process.pid}`);

for (const driver of NAMING_DRIVERS) {
  for (const name of names) {
    test(`${driver.name}: a database called ${name.replace(/\.\d+$/, '')} is created, served, checked, copied and released`, async (context) => {
      const database = await testDatabase(context, driver.withName(name));
      await serving(database, async (client) => {
        await client.put({ key: 'a', value: 'served' });
      });
      const copy = await testDatabase(context, driver.withName(`${name}.copy`));
      const run = (...commandArguments: string[]) => {
        const { status, stdout, stderr } = runTine(commandArguments);
        assert.equal(status, 0, stderr);
        return stdout;
      };
      run('copy', '--from', database.endpoint, '--to', copy.endpoint);
      assert.match(run('check', copy.endpoint), /: no faults: 1 key/);
      run('release', copy.endpoint);
      assert.match(run('check', copy.endpoint), /it is a database of kine/);
    });
  }

  if (driver.dialect === 'mysql') {
    test(`${driver.name}: a database name that the server does not accept stops the start with one line`, () => {
      for (const name of ['n'.repeat(65), 'space at its end ']) {
        const { status, stderr } = runTine(driver.withName(name).storageArguments(''));
        assert.equal(status, 1);
        assert.match(stderr, /is not a valid database name: names have at most 64 characters/);
      }
    });
  }

  test(`${driver.name}: databases whose names differ only in case are different`, async (context) => {
    const [lower, upper] = await Promise.all(
      ['case', 'CASE'].map((name) => testDatabase(context, driver.withName(`${name}.${process.pid}`))),
    );
    assert.ok(lower !== undefined && upper !== undefined);
    await writeTineDatabase(lower, [put('a', 'lower')]);
    await writeTineDatabase(upper, [put('a', 'upper')]);
    for (const [database, value] of [
      [lower, 'lower'],
      [upper, 'upper'],
    ] as const) {
      await serving(database, async (client) => {
        assert.equal((await client.range({ key: 'a' })).kvs[0]?.value.toString(), value);
      });
    }
  });
}
