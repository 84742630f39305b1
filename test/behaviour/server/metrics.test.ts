import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { metricValue, type ShownFamily } from '../../support/exposition.ts';
import { DRIVERS, EtcdClient, freePort, ownServer, suite, TINE_DRIVERS, waitFor } from '../../support/index.ts';
import { scrape } from '../../support/scrape.ts';

type Families = ReadonlyMap<string, ShownFamily>;

/** How much the named metrics grew during some work. */
async function growth(
  server: { readonly url: string },
  names: readonly string[],
  work: () => Promise<unknown>,
): Promise<Readonly<Record<string, number>>> {
  const before = await scrape(server);
  await work();
  const after = await scrape(server);
  return Object.fromEntries(
    names.map((name) => [name, (metricValue(after, name) ?? 0) - (metricValue(before, name) ?? 0)]),
  );
}

for (const driver of DRIVERS) {
  const shared = suite(driver);

  test(`${driver.name}: no metric is listed twice, because Prometheus would refuse the whole page`, async () => {
    const page = await (await fetch(`${shared.server.url}/metrics`)).text();
    const names = [...page.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name);
    assert.ok(names.length > 30);
    assert.deepEqual(names, [...new Set(names)]);
  });

  test(`${driver.name}: processor time counts from the start of the process`, async () => {
    const told = metricValue(await scrape(shared.server), 'process_cpu_seconds_total') ?? 0;
    // Fields 12 and 13 after the name in brackets: user and system time in hundredths of a second.
    const fields = readFileSync(`/proc/${shared.server.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    const spent = (Number(fields[11]) + Number(fields[12])) / 100;
    assert.ok(Math.abs(told - spent) < 0.2, `${told} s are told, ${spent} s were spent`);
  });

  test(`${driver.name}: puts, reads and deletes are counted, including each operation in a transaction`, async () => {
    const { client, server } = shared;
    const key = shared.prefix();
    const names = ['put', 'range', 'delete', 'txn'].map((kind) => `etcd_mvcc_${kind}_total`);
    const grown = await growth(server, names, async () => {
      await client.put({ key, value: 'one' });
      await client.range({ key });
      await client.range({ key, range_end: `${key}z` });
      await client.txn({
        success: [
          { request_put: { key: `${key}a`, value: 'v' } },
          { request_range: { key } },
          { request_txn: { success: [{ request_put: { key: `${key}b`, value: 'v' } }] } },
        ],
        failure: [{ request_delete_range: { key } }],
      });
      await client.txn({ success: [{ request_put: { key, value: 'two' } }] });
      await client.deleteRange({ key, range_end: `${key}z` });
    });
    assert.deepEqual(grown, {
      etcd_mvcc_put_total: 4,
      etcd_mvcc_range_total: 3,
      etcd_mvcc_delete_total: 1,
      etcd_mvcc_txn_total: 1,
    });
  });

  test(`${driver.name}: the bytes of puts are counted`, async () => {
    const key = shared.prefix();
    const name = 'etcd_debugging_mvcc_total_put_size_in_bytes';
    const grown = await growth(shared.server, [name], () => shared.client.put({ key, value: 'x'.repeat(1_000) }));
    assert.equal(grown[name], key.length + 1_000);
  });

  test(`${driver.name}: granted, renewed and revoked leases are counted`, async () => {
    const names = ['granted', 'renewed', 'revoked'].map((what) => `etcd_debugging_lease_${what}_total`);
    const grown = await growth(shared.server, names, async () => {
      const { ID } = await shared.client.leaseGrant({ TTL: 60 });
      const stream = shared.client.keepAlive();
      stream.send({ ID });
      await stream.next();
      stream.close();
      await shared.client.leaseRevoke({ ID });
    });
    assert.deepEqual(Object.values(grown), [1, 1, 1]);
  });

  test(`${driver.name}: open watches and their events are counted`, async () => {
    const { client, server } = shared;
    const key = shared.prefix();
    const before = await scrape(server);
    const watch = client.watch();
    await watch.create({ key, range_end: `${key}z` });
    const during = await scrape(server);
    const grown = (name: string, later: Families) => (metricValue(later, name) ?? 0) - (metricValue(before, name) ?? 0);
    assert.equal(grown('etcd_debugging_mvcc_watcher_total', during), 1);
    assert.equal(grown('etcd_debugging_mvcc_watch_stream_total', during), 1);
    for (let index = 0; index < 5; index += 1) await client.put({ key: `${key}${index}` });
    let events = 0;
    while (events < 5) events += (await watch.next()).events.length;
    watch.close();
    await waitFor('the end of the watch', async () => {
      const after = await scrape(server);
      return grown('etcd_debugging_mvcc_watcher_total', after) === 0;
    });
    assert.equal(grown('etcd_debugging_mvcc_events_total', await scrape(server)), 5);
  });

  test(`${driver.name}: calls are counted by result, with their messages and bytes`, async () => {
    const { client, server } = shared;
    const key = shared.prefix();
    const labels = { grpc_service: 'etcdserverpb.KV', grpc_method: 'Put', grpc_type: 'unary' };
    const before = await scrape(server);
    await client.put({ key, value: 'x'.repeat(10_000) });
    await client.put({ key: '' }).catch(() => undefined);
    const after = await scrape(server);
    const grown = (name: string, more = {}) =>
      (metricValue(after, name, { ...labels, ...more }) ?? 0) -
      (metricValue(before, name, { ...labels, ...more }) ?? 0);
    assert.equal(grown('grpc_server_started_total'), 2);
    assert.equal(grown('grpc_server_msg_received_total'), 2);
    assert.equal(grown('grpc_server_msg_sent_total'), 2, 'an error is an answer too');
    assert.equal(grown('grpc_server_handled_total', { grpc_code: 'OK' }), 1);
    assert.equal(grown('grpc_server_handled_total', { grpc_code: 'InvalidArgument' }), 1);
    const received = 'etcd_network_client_grpc_received_bytes_total';
    const bytes = (metricValue(after, received) ?? 0) - (metricValue(before, received) ?? 0);
    assert.ok(bytes > 10_000 && bytes < 11_000, `${bytes} bytes`);
  });

  test(`${driver.name}: commits appear in the histograms that etcd's alerts use`, async () => {
    const names = ['etcd_disk_wal_fsync_duration_seconds', 'etcd_disk_backend_commit_duration_seconds'];
    const before = await scrape(shared.server);
    for (let index = 0; index < 3; index += 1) await shared.client.put({ key: shared.prefix() });
    const count = (families: Families, name: string) => metricValue(families, `${name}_count`) ?? 0;
    // etcd's backend commits every tenth of a second.
    await waitFor('commits', async () => {
      const after = await scrape(shared.server);
      return names.every((name) => count(after, name) > count(before, name));
    });
  });

  test(`${driver.name}: the metrics contain no keys or values`, async () => {
    await shared.client.put({ key: '/secret-key', value: 'secret-value' });
    await shared.client.range({ key: '/secret-key' });
    const text = await (await fetch(`${shared.server.url}/metrics`)).text();
    assert.doesNotMatch(text, /secret/);
  });
}

for (const driver of TINE_DRIVERS) {
  const shared = suite(driver, { arguments: ['--metrics', 'extensive'] });

  test(`${driver.name}: the duration of statements is shown by name`, async () => {
    const { client, server } = shared;
    const key = shared.prefix();
    await client.put({ key, value: 'v' });
    await client.range({ key });
    await client.range({ key, range_end: `${key}z` });
    const families = await scrape(server);
    const runs = (statement: string) =>
      metricValue(families, 'tine_statement_duration_seconds_count', { statement }) ?? 0;
    const get = driver.name === 'sqlite' ? 'newest_small_rows' : 'head_and_newest_small_rows';
    for (const statement of ['head', get, 'insert_rows', 'set_current']) {
      assert.ok(runs(statement) > 0, `${statement} ran`);
      const seconds = metricValue(families, 'tine_statement_duration_seconds_sum', { statement }) ?? 0;
      assert.ok(seconds > 0 && seconds < 60, `${statement} took ${seconds} s`);
    }
    assert.ok((metricValue(families, 'tine_statement_rows_total', { statement: 'insert_rows' }) ?? 0) > 0);
  });

  test(`${driver.name}: metrics show batches, queues, connections and the state of the database`, async () => {
    await shared.client.put({ key: shared.prefix() });
    const families = await scrape(shared.server);
    assert.ok((metricValue(families, 'tine_write_batch_operations_count') ?? 0) > 0);
    assert.equal(metricValue(families, 'tine_write_queue_operations'), 0);
    assert.equal(metricValue(families, 'tine_database_up'), 1);
    assert.equal(metricValue(families, 'etcd_server_has_leader'), 1);
    let openedCount = 0;
    for (const pool of ['write', 'quick', 'bulk']) {
      const max = metricValue(families, 'tine_database_connections_max', { pool }) ?? 0;
      const open = metricValue(families, 'tine_database_connections', { pool }) ?? -1;
      assert.ok(open >= 0 && open <= max, `${open} of ${max} connections for ${pool}`);
      openedCount += metricValue(families, 'tine_database_connections_opened_total', { pool }) ?? 0;
    }
    assert.ok(openedCount > 0);
  });

  test(`${driver.name}: compaction counts the rows it deletes`, async () => {
    const { client, server } = shared;
    const key = shared.prefix();
    for (let index = 0; index < 10; index += 1) await client.put({ key, value: `${index}` });
    const { header } = await client.range({ key });
    const name = 'etcd_debugging_mvcc_db_compaction_keys_total';
    const grown = await growth(server, [name], () => client.compact({ revision: header.revision, physical: true }));
    assert.ok((grown[name] ?? 0) >= 9, `${grown[name]} rows`);
    const after = await scrape(server);
    assert.equal(metricValue(after, 'tine_compaction_rows_left'), 0);
    assert.ok((metricValue(after, 'etcd_debugging_mvcc_db_compaction_last') ?? 0) > 1_700_000_000);
  });

  test(`${driver.name}: the number of leases comes from the database, and expired leases are counted`, async () => {
    const { client, server } = shared;
    const before = await scrape(server);
    const { ID } = await client.leaseGrant({ TTL: 600 });
    await client.leaseGrant({ TTL: 1 });
    const grown = (later: Families, name: string) => (metricValue(later, name) ?? 0) - (metricValue(before, name) ?? 0);
    assert.equal(grown(await scrape(server), 'tine_leases'), 2);
    await waitFor('the end of a lease', async () => {
      const after = await scrape(server);
      return grown(after, 'etcd_debugging_server_lease_expired_total') === 1 && grown(after, 'tine_leases') === 1;
    });
    await client.leaseRevoke({ ID });
  });

  test(`${driver.name}: --metrics extensive shows the latency of each method`, async () => {
    await shared.client.range({ key: shared.prefix() });
    const families = await scrape(shared.server);
    const count = 'grpc_server_handling_seconds_count';
    assert.ok((metricValue(families, count, { grpc_method: 'Range' }) ?? 0) > 0);
    assert.equal(families.get('grpc_server_handling_seconds')?.type, 'histogram');
  });

  test(`${driver.name}: --listen-metrics-urls serves metrics and health on another port, and --metrics basic omits latencies`, async (context) => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const { server } = await ownServer(context, {
      driver,
      arguments: ['--listen-metrics-urls', url, '--metrics', 'basic'],
    });
    for (const families of [await scrape({ url }), await scrape(server)]) {
      assert.equal(metricValue(families, 'etcd_server_has_leader'), 1);
      assert.ok(!families.has('grpc_server_handling_seconds'));
    }
    const grown = await growth({ url }, ['etcd_server_health_success'], async () => {
      const health = await fetch(`${url}/health`);
      assert.deepEqual([health.status, await health.json()], [200, { health: 'true', reason: '' }]);
    });
    assert.deepEqual(grown, { etcd_server_health_success: 1 });
    const gateway = await fetch(`${url}/v3/kv/range`, { method: 'POST', body: '{"key":"YQ=="}' });
    assert.equal(gateway.status, 404, 'keys are served to clients alone');
    const client = new EtcdClient(new URL(url).host);
    context.after(() => client.close());
    await assert.rejects(client.range({ key: 'a' }, { deadlineMs: 2_000 }));
  });
}
