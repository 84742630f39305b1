import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureOf, suite, TINE_DRIVERS } from '../../support/index.ts';

for (const driver of TINE_DRIVERS) {
  const shared = suite(driver);

  test(`${driver.name}: a key of 2,500 random text bytes is stored, and a key that the database cannot index is refused with the limit`, async () => {
    const key = shared.prefix() + 'k'.repeat(2_000) + Math.random().toString(36).repeat(40).slice(0, 500);
    await shared.client.put({ key, value: 'long' });
    assert.equal((await shared.client.range({ key })).kvs[0]?.value.toString(), 'long');
    const longest = shared.prefix() + 'x'.repeat(100_000);
    const before = (await shared.client.range({ key })).header.revision;
    if (driver.isFile) {
      await shared.client.put({ key: longest });
      return;
    }
    for (const write of [
      () => shared.client.put({ key: longest }),
      () => shared.client.txn({ success: [{ request_put: { key } }, { request_put: { key: longest } }] }),
    ]) {
      const failure = await failureOf(write());
      assert.equal(failure.code, 'INVALID_ARGUMENT');
      assert.match(
        failure.details,
        /key is too long: its stored form has \d+ characters, the limit of the database is \d+;/,
      );
    }
    assert.equal((await shared.client.range({ key })).header.revision, before);
  });
}
