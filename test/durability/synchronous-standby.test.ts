/**
 * A Postgres primary whose commits wait for a standby: acknowledged writes survive the primary's
 * failure.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { postgresAt } from '../support/drivers.ts';
import { type EtcdClient, failureOf, ownServer, sleep, TINE_DRIVERS, waitFor } from '../support/index.ts';
import { PostgresPair } from '../support/postgres-pair.ts';

if (TINE_DRIVERS.some(({ name }) => name === 'postgres')) {
  test("postgres: a write is acknowledged only after the standby has it, whatever the role's settings and even if the wait is cancelled", async (context) => {
    const pair = await startPair(context);
    await pair.query('ALTER ROLE tine SET synchronous_commit = off');
    const { client } = await ownServer(context, { driver: pair.driver });
    await client.put({ key: 'a', value: '1' });
    await pair.killStandby();
    let isAnswered = false;
    const put = client.put({ key: 'a', value: '2' }).finally(() => {
      isAnswered = true;
    });
    await waitFor('the commit to wait', async () => (await pair.query(waiting)).length > 0);
    await sleep(300);
    assert.ok(!isAnswered, 'it waits');
    // The server now reports the commit as a success, with a warning.
    await pair.query(`SELECT pg_cancel_backend(pid) FROM (${waiting}) waiting`);
    await sleep(500);
    assert.ok(!isAnswered, 'it still waits');
    await pair.startStandby();
    await put;
    assert.equal((await client.range({ key: 'a' })).kvs[0]?.version, 2);
    await pair.killPrimary();
    await pair.promote();
    assert.equal(await valueOnceServed(client), '2');
  });

  test('postgres: an old primary that returns alone is neither read nor written, and can be used again as a standby', async (context) => {
    const pair = await startPair(context);
    const { client } = await ownServer(context, { driver: pair.driver });
    await client.put({ key: 'a', value: '1' });
    await pair.killPrimary();
    await pair.promote();
    await waitFor(
      'a write',
      () =>
        client.put({ key: 'a', value: '2' }).then(
          () => true,
          () => false,
        ),
      {
        timeoutMs: 15_000,
      },
    );
    await pair.startReplaced();
    // The address of the old primary is the first in the list.
    const fresh = await ownServer(context, { driver: pair.driver });
    assert.equal((await fresh.client.range({ key: 'a' })).kvs[0]?.value.toString(), '2');
    await fresh.client.put({ key: 'a', value: '3' });
    assert.equal((await client.range({ key: 'a' })).kvs[0]?.value.toString(), '3');
    await pair.killReplaced();
    await pair.rejoin();
    await client.put({ key: 'a', value: '4' });
    await pair.killPrimary();
    await pair.promote();
    assert.equal(await valueOnceServed(client), '4');
  });

  test('postgres: after a crash of the primary no data is read that the standby may not have', async (context) => {
    const pair = await startPair(context);
    const { server, client } = await ownServer(context, { driver: postgresAt(() => pair.primaryUrl) });
    await client.put({ key: 'a', value: '1' });
    await pair.killStandby();
    const put = failureOf(client.put({ key: 'a', value: '2' }));
    await waitFor('the commit to wait', async () => (await pair.query(waiting)).length > 0);
    await pair.killPrimary();
    await pair.startPrimary();
    // The commit exists on the primary, and no standby has it.
    const { code } = await failureOf(client.range({ key: 'a' }));
    assert.equal(code, 'UNAVAILABLE');
    await put;
    assert.match(server.log(), /no standby confirms commits of this server/);
    await pair.startStandby();
    assert.match((await valueOnceServed(client)) ?? '', /^[12]$/);
  });
}

/** Backends whose commits wait for the standby. */
const waiting = `SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND application_name = 'tine'`;

async function startPair(context: TestContext): Promise<PostgresPair> {
  const pair = await PostgresPair.start();
  context.after(() => pair.remove());
  return pair;
}

function valueOnceServed(client: EtcdClient): Promise<string | undefined> {
  const value = () =>
    client.range({ key: 'a' }).then(
      ({ kvs }) => kvs[0]?.value.toString(),
      () => undefined,
    );
  return waitFor('an answer', value, { timeoutMs: 15_000 });
}
