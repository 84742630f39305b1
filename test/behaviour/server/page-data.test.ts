import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import type { ClusterReply, LoadReply, SnapshotsReply } from '../../../src/server/ui/replies.ts';
import { addUser, auth, enableAuth, tokenOf } from '../../support/auth.ts';
import { metricValue } from '../../support/exposition.ts';
import {
  type EtcdClient,
  ownServer,
  type Server,
  TINE_DRIVERS,
  temporaryDirectory,
  waitFor,
} from '../../support/index.ts';
import { scrape } from '../../support/scrape.ts';

async function pageData(server: Server, name: string, token?: string): Promise<Response> {
  return fetch(`${server.url}/ui/api/${name}`, token === undefined ? {} : { headers: { authorization: token } });
}

async function loadOf(server: Server): Promise<LoadReply> {
  return (await (await pageData(server, 'load')).json()) as LoadReply;
}

async function clusterOf(server: Server, token?: string): Promise<ClusterReply> {
  return (await (await pageData(server, 'cluster', token)).json()) as ClusterReply;
}

/** Waits for samples that were taken after now. */
async function nextSample(server: Server): Promise<LoadReply> {
  const { unixMs } = await loadOf(server);
  await waitFor('a sample', async () => (await loadOf(server)).unixMs.length > unixMs.length, {
    timeoutMs: 25_000,
    intervalMs: 250,
  });
  return loadOf(server);
}

const countOf = (values: readonly (number | null)[] | undefined, seconds: readonly number[]): number =>
  Math.round((values ?? []).reduce<number>((sum, rate, index) => sum + (rate ?? 0) * (seconds[index] ?? 0), 0));

for (const driver of TINE_DRIVERS) {
  test(`${driver.name}: the samples of the load have the numbers of /metrics`, async (context) => {
    const { server, client } = await ownServer(context, { driver });
    await nextSample(server);
    const before = await scrape(server);
    const earlier = await loadOf(server);
    const watch = client.watch();
    await watch.create({ key: 'load/', range_end: 'load0' });
    for (let index = 0; index < 30; index += 1) await client.put({ key: `load/${index}`, value: 'x' });
    for (let index = 0; index < 12; index += 1) await client.range({ key: `load/${index}` });
    await client.range({ key: '' }).catch(() => undefined);
    const later = await nextSample(server);
    const after = await scrape(server);
    watch.close();

    const first = earlier.unixMs.length;
    const fresh = (name: string) => later.series[name]?.slice(first);
    const seconds = later.unixMs.map((ms, index) => (ms - (later.unixMs[index - 1] ?? 0)) / 1_000).slice(first);
    assert.equal(countOf(fresh('putPerSecond'), seconds), 30);
    assert.equal(countOf(fresh('rangePerSecond'), seconds), 13);
    assert.equal(countOf(fresh('failuresPerSecond'), seconds), 1);
    assert.equal(countOf(fresh('eventsPerSecond'), seconds), 30);
    const grown = (name: string) => (metricValue(after, name) ?? 0) - (metricValue(before, name) ?? 0);
    assert.equal(grown('etcd_mvcc_put_total'), 30);
    assert.equal(later.series.watchers?.at(-1), metricValue(after, 'etcd_debugging_mvcc_watcher_total'));
    assert.equal(later.series.connections?.at(-1), metricValue(after, 'tine_client_connections'));
    const size = metricValue(after, 'etcd_mvcc_db_total_size_in_bytes') ?? 0;
    assert.ok(Math.abs((later.series.databaseBytes?.at(-1) ?? 0) - size) < 1_000_000);
    const resident = metricValue(after, 'process_resident_memory_bytes') ?? 0;
    assert.ok(Math.abs((later.series.residentBytes?.at(-1) ?? 0) - resident) < resident / 2);
    const [median, most] = [fresh('putP50Ms'), fresh('putP99Ms')].map((values) =>
      Math.max(...(values ?? []).map(Number)),
    );
    assert.ok((median ?? 0) > 0 && (most ?? 0) >= (median ?? 0), `${median} ms, ${most} ms`);
    assert.ok(Math.max(...(fresh('commitP99Ms') ?? []).map(Number)) > 0);
    for (const values of Object.values(later.series)) assert.equal(values.length, later.unixMs.length);
    assert.ok(later.unixMs.length <= later.samplesMax);
  });

  test(`${driver.name}: with auth on, only a user with the role root reads the page's data`, async (context) => {
    const { server, client } = await ownServer(context, { driver });
    for (const name of ['load', 'cluster', 'snapshots']) assert.equal((await pageData(server, name)).status, 200);
    await addUser(client, 'ann', { permType: 'READWRITE', key: 'a' });
    const root = await enableAuth(client);
    const rootToken = await tokenOf(client, 'root');
    const annToken = await tokenOf(client, 'ann');
    for (const name of ['load', 'cluster', 'snapshots']) {
      const nobody = await pageData(server, name);
      assert.deepEqual(
        [nobody.status, await nobody.json()],
        [400, { code: 3, message: 'etcdserver: user name is empty' }],
      );
      const forged = await pageData(server, name, 'forged.1');
      assert.deepEqual([forged.status, ((await forged.json()) as { code: number }).code], [401, 16]);
      const ann = await pageData(server, name, annToken);
      assert.deepEqual([ann.status, await ann.json()], [403, { code: 7, message: 'etcdserver: permission denied' }]);
      assert.equal((await pageData(server, name, rootToken)).status, 200);
      assert.equal((await pageData(server, name, `Bearer ${rootToken}`)).status, 200);
    }
    await auth(root, 'UserGrantRole', { user: 'ann', role: 'root' });
    assert.equal((await pageData(server, 'cluster', await tokenOf(client, 'ann'))).status, 200);
    root.close();
  });

  test(`${driver.name}: compaction and slow requests are shown, without values`, async (context) => {
    const { server, client } = await ownServer(context, {
      driver,
      arguments: ['--warning-unary-request-duration', '0s'],
    });
    const { revision } = await putMany(client, 60);
    const fresh = await clusterOf(server);
    assert.equal(fresh.compaction.revision, revision);
    assert.deepEqual([fresh.compaction.compactRevision, fresh.compaction.lastUnixSeconds], [0, null]);
    assert.deepEqual(fresh.compaction.automatic, { kind: 'off' });
    assert.equal(fresh.instance.database, driver.dialect);

    await client.compact({ revision: revision - 5 });
    const { compaction, slowCalls } = await clusterOf(server);
    assert.equal(compaction.compactRevision, revision - 5);
    assert.ok(Math.abs((compaction.lastUnixSeconds ?? 0) - Date.now() / 1_000) < 60);
    assert.equal(slowCalls.newestFirst.length, 50);
    const [newest, ...others] = slowCalls.newestFirst;
    assert.equal(newest?.method, '/etcdserverpb.KV/Compact');
    assert.equal(newest?.code, 'ok');
    assert.match(newest?.peer ?? '', /^127\.0\.0\.1:\d+$/);
    assert.ok((newest?.tookMs ?? -1) >= 0);
    assert.equal(others[0]?.about, 'put:<key:"many/59" value_size:12>');
    assert.doesNotMatch(JSON.stringify(slowCalls), /s3cret/);
  });
}

test('snapshots by schedule are listed, the newest first, with the next slot', async (context) => {
  const [driver] = TINE_DRIVERS;
  if (driver === undefined) return;
  const folder = temporaryDirectory();
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const { server } = await ownServer(context, {
    driver,
    arguments: ['--snapshot-schedule', '* * * * * *', '--snapshot-dir', folder],
  });
  const read = async () => (await (await pageData(server, 'snapshots')).json()) as SnapshotsReply;
  await waitFor('two snapshots', async () => (await read()).newestFirst.length > 1, { timeoutMs: 30_000 });
  const { schedule, newestFirst, failure } = await read();
  const [newest, older] = newestFirst;
  assert.ok(newest !== undefined && older !== undefined && newest.atMs > older.atMs);
  assert.equal(newest.place, 'folder');
  assert.ok(newest.location.startsWith(folder) && newest.bytes > 0);
  assert.ok((schedule?.nextUnixMs ?? 0) > newest.atMs);
  assert.equal(failure, null);
});

test('a server without a schedule lists no snapshots', async (context) => {
  const [driver] = TINE_DRIVERS;
  if (driver === undefined) return;
  const { server } = await ownServer(context, { driver });
  const answer = (await (await pageData(server, 'snapshots')).json()) as SnapshotsReply;
  assert.deepEqual(answer, { schedule: null, newestFirst: [], olderCount: 0, failure: null });
});

test('without the page there is no data', async (context) => {
  const [driver] = TINE_DRIVERS;
  if (driver === undefined) return;
  const { server } = await ownServer(context, { driver, arguments: ['--enable-ui=false'] });
  for (const name of ['load', 'cluster', 'snapshots']) assert.equal((await pageData(server, name)).status, 404);
});

async function putMany(client: EtcdClient, count: number): Promise<{ readonly revision: number }> {
  let revision = 0;
  for (let index = 0; index < count; index += 1) {
    const { header } = await client.put({ key: `many/${index}`, value: 's3cret-value' });
    revision = header.revision;
  }
  return { revision };
}
