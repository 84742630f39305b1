import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { limits } from '../../src/limits.ts';
import { metricValue } from '../support/exposition.ts';
import { EtcdClient, failureOf, freePort, ownServer, sleep, waitFor } from '../support/index.ts';
import { scrape } from '../support/scrape.ts';
import { onThisMachine } from '../support/slowness.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { DATABASES } from './databases.ts';
import { assertEverythingWorks } from './everything-works.ts';
import { type Place, place, proxiedDriver, site } from './place.ts';
import { assertRecovers, recoveryMsMax } from './recovery.ts';
import { Traffic, unavailable } from './traffic.ts';

/** The length of the outage. */
const absenceMs = 2_000;

/** A tine that starts without its database. `tine` resolves when it serves. */
async function startsLate(context: TestContext, { database, server }: Place) {
  const proxy = await TcpProxy.start(server.port);
  context.after(() => proxy.close());
  await proxy.refuse();
  const port = await freePort();
  const tine = ownServer(context, { driver: proxiedDriver(database, server, proxy), port });
  tine.catch(() => {});
  const client = new EtcdClient(`127.0.0.1:${port}`);
  context.after(() => client.close());
  const url = `http://${client.address}`;
  await waitFor('an answer', () => fetch(`${url}/version`).catch(() => undefined), { timeoutMs: 20_000 });
  return { proxy, tine, client, url };
}

/** All warnings, errors and reports of an outage in a log, except slow requests, each in brief. */
function outageLines(log: string): readonly string[] {
  return log
    .split('\n')
    .filter((line) => /"level":"(warn|error)"|available again/.test(line) && !/took|request stats/.test(line))
    .map((line) => /database (un)?available( again)?/.exec(line)?.[0] ?? line);
}

for (const database of DATABASES) {
  const shared = place(database);

  for (const how of ['stop', 'kill'] as const) {
    const ended = how === 'stop' ? 'stopped' : 'killed';
    test(`${database.name}: while the database is ${ended}, every request is answered Unavailable, and afterwards everything works`, async (context) => {
      const { tine, client } = await site(context, shared);
      const { pid } = tine;
      const traffic = await Traffic.start(context, tine);
      await shared.server[how]();
      const failures = await Promise.all([
        failureOf(client.put({ key: 'a' })),
        failureOf(client.range({ key: 'a' })),
        failureOf(client.range({ key: 'a', range_end: 'b' })),
        failureOf(client.deleteRange({ key: 'a' })),
        failureOf(client.txn({ success: [{ request_put: { key: 'a' } }] })),
        failureOf(client.compact({ revision: 1 })),
        failureOf(client.leaseGrant({ TTL: 10 })),
        failureOf(client.leaseLeases({})),
        failureOf(client.leaseTimeToLive({ ID: 1 })),
        failureOf(client.leaseRevoke({ ID: 1 })),
        failureOf(client.status({})),
        failureOf(client.memberList({ linearizable: true })),
      ]);
      for (const failure of failures) assert.deepEqual(failure, unavailable);
      await sleep(absenceMs);
      await shared.server.start();
      await assertRecovers(context, client, traffic);
      assert.equal(tine.pid, pid);
      await waitFor('the end of the outage in the log', () => tine.log().includes('database available again'));
      assert.deepEqual(outageLines(tine.log()), ['database unavailable', 'database available again']);
    });
  }

  test(`${database.name}: a database that restarts repeatedly loses and repeats no write`, async (context) => {
    const { tine, client } = await site(context, shared);
    const traffic = await Traffic.start(context, tine);
    for (const how of ['kill', 'stop', 'kill'] as const) {
      await shared.server[how]();
      await shared.server.start();
      await traffic.flows();
    }
    await assertRecovers(context, client, traffic);
  });

  test(`${database.name}: an instance that starts before its database answers Unavailable and serves when the database is up`, async (context) => {
    const { client, proxy, url } = await startsLate(context, shared);
    for (const failure of [
      await failureOf(client.put({ key: 'a' })),
      await failureOf(client.range({ key: 'a' })),
      await failureOf(client.leaseGrant({ TTL: 10 })),
      await failureOf(client.status({})),
    ]) {
      assert.deepEqual(failure, unavailable);
    }
    const early = client.watch();
    const created = early.create({ key: 'a' }).then(
      () => 'created',
      () => 'refused',
    );
    assert.equal((await fetch(`${url}/readyz`)).status, 503);
    await proxy.accept();
    const started = performance.now();
    await waitFor('a put', () => client.put({ key: 'a', value: '1' }).catch(() => undefined), { intervalMs: 20 });
    const recoveryMs = performance.now() - started;
    context.diagnostic(`serves ${Math.round(recoveryMs)} ms after the database's arrival`);
    // Its database is created first.
    assert.ok(recoveryMs < onThisMachine(recoveryMsMax * 2), `it took ${recoveryMs} ms`);
    assert.equal((await fetch(`${url}/readyz`)).status, 200);
    assert.equal(await created, 'refused', 'nobody knows yet what is new');
    early.close();
    const watch = client.watch();
    await watch.create({ key: 'a' });
    await client.put({ key: 'a', value: '2' });
    assert.equal((await watch.events(1))[0]?.kv.value.toString(), '2', 'a new watch is told of what is new');
    watch.close();
    await assertEverythingWorks(client);
  });

  test(`${database.name}: an instance without its database is live but not ready, and logs the reason in one line`, async (context) => {
    const { tine, proxy, url } = await startsLate(context, shared);
    await sleep(3_000);
    assert.equal((await fetch(`${url}/livez`)).status, 200, 'a restart would not help');
    assert.equal((await fetch(`${url}/readyz`)).status, 503);
    await proxy.accept();
    const { server } = await tine;
    await waitFor('the end of the outage in the log', () => server.log().includes('database available again'));
    assert.deepEqual(outageLines(server.log()), ['database unavailable', 'database available again']);
  });

  test(`${database.name}: metrics are served during an outage of the database and show the outage`, async (context) => {
    const { tine, client } = await site(context, shared);
    await client.put({ key: 'a' });
    const before = await scrape(tine);
    assert.equal(metricValue(before, 'tine_database_up'), 1);
    await shared.server.kill();
    await failureOf(client.put({ key: 'a' }));
    const started = performance.now();
    const during = await scrape(tine);
    assert.ok(performance.now() - started < 5_000, 'Prometheus gives up after 10 s');
    assert.equal(metricValue(during, 'tine_database_up'), 0);
    assert.equal(metricValue(during, 'etcd_server_has_leader'), 0);
    assert.ok((metricValue(during, 'tine_database_failures_total', { kind: 'lost' }) ?? 0) > 0);
    const size = 'etcd_mvcc_db_total_size_in_bytes';
    assert.equal(metricValue(during, size), metricValue(before, size), 'what was known last');
    await shared.server.start();
    await waitFor('the database in the metrics', async () => metricValue(await scrape(tine), 'tine_database_up') === 1);
    const after = await scrape(tine);
    for (const what of ['opened', 'closed']) {
      const name = `tine_database_connections_${what}_total`;
      assert.ok((metricValue(after, name) ?? 0) > (metricValue(before, name) ?? 0), `connections ${what}`);
    }
  });

  test(`${database.name}: an instance keeps updating its row in the member table after an outage of the database`, async (context) => {
    const { databaseName, client } = await site(context, shared);
    await shared.server.kill();
    await sleep(500);
    await shared.server.start();
    await client.put({ key: 'a' });
    const before = await shared.administrator.lastBeatMs(databaseName);
    await waitFor('the next beat', async () => (await shared.administrator.lastBeatMs(databaseName)) > before, {
      timeoutMs: limits.memberHeartbeatIntervalMs + 3_000,
      intervalMs: 200,
    });
  });
}
