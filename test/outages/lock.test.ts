import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureOf, sleep, waitFor, withPrefix } from '../support/index.ts';
import { DATABASES } from './databases.ts';
import { place, site } from './place.ts';
import { unavailable } from './traffic.ts';

/** The length of the outage. */
const absenceMs = 2_000;

for (const database of DATABASES) {
  const shared = place(database);

  test(`${database.name}: a client that waits for a lock keeps waiting during an outage of the database, and no client gets the lock meanwhile`, async (context) => {
    const { client, proxy } = await site(context, shared);
    for (const ID of [1, 2, 3]) await client.leaseGrant({ TTL: 60, ID });
    await client.lock({ name: 'l', lease: 1 });
    let isGranted = false;
    const waiting = client.lock({ name: 'l', lease: 2 }, { deadlineMs: 60_000 }).then(({ key }) => {
      isGranted = true;
      return key.toString();
    });
    const observer = client.observe('e');
    await waitFor('it to wait', async () => (await client.range(withPrefix('l/'))).count === 2);
    await proxy.refuse();
    proxy.cut();
    assert.deepEqual(await failureOf(client.lock({ name: 'l', lease: 3 })), unavailable);
    assert.deepEqual(await failureOf(client.unlock({ key: 'l/1' })), unavailable);
    await sleep(absenceMs);
    assert.equal(isGranted, false);
    await proxy.accept();
    await waitFor('the unlock', () => client.unlock({ key: 'l/1' }).catch(() => undefined), { timeoutMs: 20_000 });
    assert.equal(await waiting, 'l/2');
    await client.campaign({ name: 'e', lease: 3, value: 'after' });
    assert.equal((await observer.next(20_000)).kv.value.toString(), 'after');
    observer.close();
  });

  test(`${database.name}: the key of a lock call that was cancelled during an outage of the database is deleted after the outage`, async (context) => {
    const { client, proxy } = await site(context, shared);
    for (const ID of [1, 2]) await client.leaseGrant({ TTL: 60, ID });
    await client.lock({ name: 'l', lease: 1 });
    const abort = new AbortController();
    const waiting = failureOf(client.lock({ name: 'l', lease: 2 }, { signal: abort.signal }));
    await waitFor('it to wait', async () => (await client.range(withPrefix('l/'))).count === 2);
    await proxy.refuse();
    proxy.cut();
    abort.abort();
    assert.equal((await waiting).code, 'CANCELLED');
    await sleep(absenceMs);
    await proxy.accept();
    const count = async () => (await client.range(withPrefix('l/')).catch(() => undefined))?.count;
    await waitFor('its key to go', async () => (await count()) === 1, { timeoutMs: 20_000 });
    assert.equal((await client.range({ key: 'l/1' })).count, 1);
  });
}
