import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureOf } from '../support/index.ts';
import { onThisMachine } from '../support/slowness.ts';
import { DATABASES } from './databases.ts';
import { assertEverythingWorks } from './everything-works.ts';
import { place, site } from './place.ts';
import { unavailable } from './traffic.ts';

/** A batch may wait 4 s for the batch before it, and then 4 s for the table. */
const answerMsMax = 10_000;

/** Container runtimes kill a process then, on a slow machine too. */
const stopMsMax = 10_000;

for (const database of DATABASES) {
  const shared = place(database);

  test(`${database.name}: writes that wait for a table that an administrator has locked are refused, no outage is reported, and none is executed later`, async (context) => {
    const { tine, client, databaseName } = await site(context, shared);
    for (let count = 0; count < 5; count += 1) await client.put({ key: 'a', value: `${count}` });
    const { length } = tine.log();
    const unlock = await shared.administrator.lockTables(databaseName);
    try {
      const startMs = performance.now();
      const refused = await Promise.all(['a', 'b', 'c'].map((key) => failureOf(client.put({ key, value: 'late' }))));
      const tookMs = performance.now() - startMs;
      assert.deepEqual(refused, [unavailable, unavailable, unavailable]);
      assert.ok(tookMs < onThisMachine(answerMsMax), `the refusal took ${tookMs} ms`);
      assert.equal((await client.range({ key: 'a' })).kvs[0]?.value.toString(), '4');
    } finally {
      await unlock();
    }
    assert.doesNotMatch(tine.log().slice(length), /database unavailable|lost during a commit/);
    assert.equal((await client.put({ key: 'a', value: '5' })).header.revision, 7);
    await assertEverythingWorks(client);
  });

  test(`${database.name}: an instance stops within 10 s while all its writes wait for locked tables`, async (context) => {
    const { tine, client, databaseName } = await site(context, shared);
    await client.put({ key: 'a', value: 'early' });
    const { ID } = await client.leaseGrant({ TTL: 60 });
    const keepAlive = client.keepAlive();
    const unlock = await shared.administrator.lockTables(databaseName, ['kine', 'tine_lease', 'tine_member']);
    try {
      const puts = Promise.all(['a', 'b', 'c'].map((key) => failureOf(client.put({ key, value: 'late' }))));
      await keepAlive.renew(ID);
      const startMs = performance.now();
      assert.deepEqual(await tine.stop(), { status: 0, signal: null });
      const tookMs = performance.now() - startMs;
      context.diagnostic(`stopped within ${Math.round(tookMs)} ms`);
      assert.ok(tookMs < stopMsMax, `it took ${tookMs} ms`);
      assert.match(tine.log(), /writing the last lease renewals failed/, 'they are not lost silently');
      await puts;
    } finally {
      await unlock();
    }
    await tine.start();
    client.reconnect();
    assert.equal((await client.range({ key: 'a' })).kvs[0]?.value.toString(), 'early');
  });
}
