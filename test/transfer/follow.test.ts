import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { checkDatabase } from '../../src/transfer/check-database.ts';
import { restoredEtcd } from '../snapshot/etcd-tools.ts';
import {
  EtcdClient,
  etcd,
  failureOf,
  kine,
  kineProgram,
  leaseIds,
  onePerDialect,
  ownServer,
  runTine,
  Server,
  sleep,
  TINE_DRIVERS,
  temporaryDirectory,
  waitFor,
} from '../support/index.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { serving, type TestDatabase, testDatabase } from './databases.ts';
import { cutOver, FollowProcess } from './follow-process.ts';
import { MixedLoad } from './mixed-load.ts';

const everything = { key: '\0', range_end: '\0' };
const killCount = 5;
const seed = Date.now() % 1_000_000;

/** All keys, and all events from a revision on. */
async function seen(client: EtcdClient, fromRevision: number, throughRevision: number) {
  const { kvs } = await client.range({ ...everything, revision: throughRevision });
  const watch = client.watch();
  await watch.create({ ...everything, start_revision: fromRevision });
  const messages = await watch.until(({ events }) => (events.at(-1)?.kv.mod_revision ?? 0) >= throughRevision);
  watch.close();
  const events = messages.flatMap(({ events }) => events).filter(({ kv }) => kv.mod_revision <= throughRevision);
  return { kvs, events };
}

/** Every acknowledged write is there, at the revision that was acknowledged. */
async function hasAll(client: EtcdClient, { acknowledged }: MixedLoad): Promise<void> {
  assert.ok(acknowledged.size > 50, `seed ${seed}: only ${acknowledged.size} keys were written`);
  const { kvs } = await client.range(everything);
  const found = new Map(kvs.map((kv) => [kv.key.toString(), kv]));
  for (const [key, { value, revision }] of acknowledged) {
    assert.equal(found.get(key)?.value.toString(), value, `seed ${seed}: ${key}`);
    if (value !== undefined) assert.equal(found.get(key)?.mod_revision, revision, `seed ${seed}: ${key}`);
  }
}

/** Kills a copy with -9 several times at any moment, while it follows. */
async function killOften(from: string, to: string): Promise<void> {
  for (let count = 0; count < killCount; count += 1) {
    const copy = new FollowProcess(from, to);
    await copy.untilFollowing();
    await sleep(100 + ((seed * (count + 1)) % 400));
    await copy.end('SIGKILL');
  }
}

async function isSound({ access }: TestDatabase): Promise<void> {
  assert.deepEqual((await access.readSnapshot(checkDatabase)).findings, []);
}

/** No kind of write has an effect, and reads are answered. */
async function refusesWrites(client: EtcdClient): Promise<void> {
  const { header } = await client.range(everything);
  const [{ key = Buffer.from('/') } = {}] = (await client.range({ ...everything, limit: 1 })).kvs;
  const refused = [
    () => client.put({ key: '/late' }),
    () => client.deleteRange({ key }),
    () => client.txn({ success: [{ request_delete_range: { key } }] }),
    () => client.leaseGrant({ TTL: 10 }),
    () => client.compact({ revision: header.revision }),
  ];
  for (const call of refused) assert.equal((await failureOf(call())).code, 'DATA_LOSS');
  assert.equal((await client.range(everything)).header.revision, header.revision);
}

for (const driver of onePerDialect(TINE_DRIVERS)) {
  test(`etcd to ${driver.name}: under load and kills of the copy, clients move without a lost write`, async (context) => {
    const { server, client } = await ownServer(context, { driver: etcd });
    const target = await testDatabase(context, driver);
    const before = new MixedLoad(client, seed);
    await sleep(500);
    await before.stop();
    const load = new MixedLoad(client, seed + 10);
    await killOften(server.url, target.endpoint);

    const refused = runTine(['--endpoint', target.endpoint, '--listen-client-urls', 'http://127.0.0.1:0']);
    assert.match(refused.stderr, /a copy into this database has not been finished/);

    const copy = new FollowProcess(server.url, target.endpoint);
    await copy.untilFollowing();
    assert.deepEqual(await copy.end('SIGTERM'), { status: 0, signal: null });
    assert.match(copy.printed, /stopped at revision \d+\n.*run the same command again to continue/s);
    const printed = await cutOver(server.url, target.endpoint);
    await load.ended();
    assert.match(printed, /moved up to revision \d+, \d+ keys; the source has refused writes for \d+\.\d\d s\n/);
    assert.match(printed, /etcdctl --endpoints http:\/\/127\.0\.0\.1:\d+ alarm disarm/);
    assert.equal(load.refusals.length, 4);
    await refusesWrites(client);

    await isSound(target);
    const last = (await client.range(everything)).header.revision;
    assert.match(printed, new RegExp(`moved up to revision ${last},`));
    const { kvs } = await client.range(everything);
    const leases = await leaseIds(client);
    await serving(target, async (own) => {
      assert.equal((await own.range(everything)).header.revision, last);
      assert.deepEqual(await leaseIds(own), leases);
      await hasAll(own, load);
      assert.deepEqual((await own.range(everything)).kvs, kvs);
      assert.equal((await own.put({ key: '/next' })).header.revision, last + 1);
    });
    await client.alarm({
      action: 'DEACTIVATE',
      alarm: 'CORRUPT',
      memberID: (await client.alarm({})).alarms[0]?.memberID ?? 0n,
    });
    assert.equal((await client.put({ key: '/back' })).header.revision, last + 1);
  });

  test(`${driver.name}: the history after the first copy is the history of the source`, async (context) => {
    const { server, client } = await ownServer(context, { driver: etcd });
    await client.put({ key: '/first', value: '1' });
    const target = await testDatabase(context, driver);
    const copy = new FollowProcess(server.url, target.endpoint);
    await copy.untilFollowing();
    const { revision } = (await client.range(everything)).header;
    const load = new MixedLoad(client, seed);
    await sleep(1_000);
    await load.stop();
    const { ID } = await client.leaseGrant({ TTL: 600 });
    await client.put({ key: '/held', lease: ID });
    await client.leaseRevoke({ ID });
    assert.deepEqual(await copy.end('SIGINT'), { status: 0, signal: null });
    await cutOver(server.url, target.endpoint);
    const last = (await client.range(everything)).header.revision;
    const expected = await seen(client, revision + 1, last);
    await serving(target, async (own) => assert.deepEqual(await seen(own, revision + 1, last), expected));
    await isSound(target);
  });

  test(`${driver.name}: a copy starts again if the source compacted what it needs next`, async (context) => {
    const { server, client } = await ownServer(context, { driver: etcd });
    await client.put({ key: '/a', value: '1' });
    await client.put({ key: '/gone', value: '1' });
    const target = await testDatabase(context, driver);
    const copy = new FollowProcess(server.url, target.endpoint);
    await copy.untilFollowing();
    await copy.end('SIGKILL');
    await client.deleteRange({ key: '/gone' });
    for (let index = 0; index < 20; index += 1) await client.put({ key: '/a', value: `${index}` });
    const { revision } = (await client.put({ key: '/b', value: '1' })).header;
    await client.compact({ revision });
    const printed = await cutOver(server.url, target.endpoint);
    assert.match(printed, /has compacted revision \d+: starting again/);
    assert.match(printed, new RegExp(`moved up to revision ${revision}, 2 keys`));
    const expected = await client.range(everything);
    await serving(target, async (own) => assert.deepEqual((await own.range(everything)).kvs, expected.kvs));
    await isSound(target);
  });

  test(`tine on ${driver.name} to etcd: under load and kills of the copy, clients move without a lost write`, async (context) => {
    const { server, client } = await ownServer(context, { driver });
    const before = new MixedLoad(client, seed);
    await sleep(500);
    await before.stop();
    const snapshot = join(temporaryDirectory(), 'snapshot.db');
    const { revision } = (await client.range(everything)).header;
    const load = new MixedLoad(client, seed + 10);
    assert.equal(runTine(['snapshot', 'save', snapshot, '--endpoint', server.url]).status, 0);
    const target = await restoredEtcd(context, snapshot);
    await killOften(server.url, target.server.url);
    const printed = await cutOver(server.url, target.server.url);
    await load.ended();
    assert.match(printed, /moved up to revision \d+, \d+ keys; the source has refused writes for \d+\.\d\d s\n/);
    await refusesWrites(client);
    const last = (await client.range(everything)).header.revision;
    const expected = await seen(client, revision + 1, last);
    assert.deepEqual(await seen(target.client, revision + 1, last), expected);
    await hasAll(target.client, load);
    assert.deepEqual(await leaseIds(target.client), await leaseIds(client));
    assert.equal((await target.client.put({ key: '/next' })).header.revision, last + 1);
  });
}

for (const driver of onePerDialect(TINE_DRIVERS).filter(({ isFile }) => !isFile)) {
  test(`${driver.name}: a lost connection to the target is reported, and the copy continues`, async (context) => {
    const { server, client } = await ownServer(context, { driver: etcd });
    const target = await testDatabase(context, driver);
    const port = /:(\d+)\)?\//.exec(target.endpoint)?.[1] ?? '';
    const proxy = await TcpProxy.start(Number(port));
    context.after(() => proxy.close());
    const to = target.endpoint.replace(`:${port}`, `:${proxy.port}`);
    await client.put({ key: '/a', value: '1' });
    const copy = await follow(context, server.url, to);
    await proxy.refuse();
    await client.put({ key: '/a', value: '2' });
    await copy.untilPrinted(/trying again in 0\.5 s\n/);
    await proxy.accept();
    await copy.untilPrinted(/trying again(.*\n)*following /);
    assert.deepEqual(await copy.end('SIGTERM'), { status: 0, signal: null });
    await cutOver(server.url, to);
    await serving(target, async (own) => {
      assert.equal((await own.range({ key: '/a' })).kvs[0]?.value.toString(), '2');
    });
  });
}

const [driver = assert.fail('a test needs a database')] = TINE_DRIVERS;

async function follow(context: TestContext, from: string, to: string): Promise<FollowProcess> {
  const copy = new FollowProcess(from, to);
  context.after(() => copy.end('SIGKILL'));
  await copy.untilFollowing();
  return copy;
}

test('a lost connection to the source is reported, and the copy continues', async (context) => {
  const { server, client } = await ownServer(context, { driver: etcd });
  const proxy = await TcpProxy.start(server.port);
  context.after(() => proxy.close());
  const target = await testDatabase(context, driver);
  const from = `http://127.0.0.1:${proxy.port}`;
  await client.put({ key: '/a', value: '1' });
  const copy = await follow(context, from, target.endpoint);
  await proxy.refuse();
  await client.put({ key: '/a', value: '2' });
  await copy.untilPrinted(/trying again in 0\.5 s\n(.*\n)*.*trying again in 1 s/);
  await proxy.accept();
  await copy.untilPrinted(/trying again(.*\n)*following /);
  assert.deepEqual(await copy.end('SIGTERM'), { status: 0, signal: null });
  await cutOver(from, target.endpoint);
  await serving(target, async (own) => {
    assert.equal((await own.range({ key: '/a' })).kvs[0]?.value.toString(), '2');
  });
});

test('a backlog of large transactions, whose messages come in fragments, is copied whole', async (context) => {
  const { server, client } = await ownServer(context, { driver: etcd });
  const target = await testDatabase(context, driver);
  const copy = await follow(context, server.url, target.endpoint);
  await copy.end('SIGKILL');
  for (let index = 0; index < 40; index += 1) {
    const puts = ['a', 'b', 'c'].map((name) => ({
      request_put: { key: `/large/${name}/${index % 7}`, value: Buffer.alloc(300_000, `${index}`) },
    }));
    await client.txn({ success: puts });
  }
  await cutOver(server.url, target.endpoint);
  const { header } = await client.range({ key: '/large' });
  const expected = await seen(client, header.revision - 9, header.revision);
  await serving(target, async (own) =>
    assert.deepEqual(await seen(own, header.revision - 9, header.revision), expected),
  );
  await isSound(target);
});

test('a source that was not reached yet ends the copy at once', async (context) => {
  const target = await testDatabase(context, driver);
  const { status, stderr } = runTine(['copy', '--from', 'http://127.0.0.1:1', '--to', target.endpoint, '--follow']);
  assert.equal(status, 1);
  assert.match(stderr, /^tine: http:\/\/127\.0\.0\.1:1: .*ECONNREFUSED[^\n]*\n$/);
});

test('flags that do not go together are refused', () => {
  const refusals: readonly (readonly [readonly string[], RegExp])[] = [
    [['--from', 'http://127.0.0.1:1', '--to', 'a.db', '--cutover'], /--cutover needs --follow; give both/],
    [['--from', 'a.db', '--to', 'b.db', '--follow'], /--from: --follow needs a running server/],
    [['--from', 'a.db', '--to', 'http://127.0.0.1:1'], /--to: a copy into a running etcd needs --follow/],
    [['--from', 'a.db', '--to', 'b.db', '--follow=maybe'], /--follow: "maybe" is not true or false/],
  ];
  for (const [flags, message] of refusals) {
    const { status, stderr } = runTine(['copy', ...flags]);
    assert.equal(status, 2);
    assert.match(stderr, message);
  }
});

test('a target that is served, or has other data, is refused', async (context) => {
  const { server } = await ownServer(context, { driver: etcd });
  const target = await testDatabase(context, driver);
  const run = () => runTine(['copy', '--from', server.url, '--to', target.endpoint, '--follow']);
  await serving(target, async (client) => {
    const { status, stderr } = run();
    assert.equal(status, 1);
    assert.match(stderr, /stop it, then try again/);
    await client.put({ key: '/mine' });
  });
  const { status, stderr } = run();
  assert.equal(status, 1);
  assert.match(stderr, /it is not empty \(1 row\); give an empty database/);
});

test('a second copy into the same database is refused while the first one runs', async (context) => {
  const { server } = await ownServer(context, { driver: etcd });
  const target = await testDatabase(context, driver);
  await follow(context, server.url, target.endpoint);
  const { status, stderr } = runTine(['copy', '--from', server.url, '--to', target.endpoint, '--follow', '--cutover']);
  assert.equal(status, 1);
  assert.match(stderr, /another (program|tine process)/);
});

test('a source that was restored to an older revision is refused', async (context) => {
  const { server, client } = await ownServer(context, { driver: etcd });
  for (let index = 0; index < 5; index += 1) await client.put({ key: '/a' });
  const target = await testDatabase(context, driver);
  const copy = await follow(context, server.url, target.endpoint);
  await copy.end('SIGTERM');
  await server.remove();
  const other = await Server.start({ driver: etcd, port: server.port });
  context.after(() => other.remove());
  const { status, stderr } = runTine(['copy', '--from', server.url, '--to', target.endpoint, '--follow']);
  assert.equal(status, 1);
  assert.match(stderr, /it is at revision 1, and the copy has revision 6 already/);
});

test('an etcd that does not have the data of the source is refused', async (context) => {
  const source = await ownServer(context, { driver });
  const target = await ownServer(context, { driver: etcd });
  for (let index = 0; index < 3; index += 1) await source.client.put({ key: '/a' });
  const refusal = () => {
    const { status, stderr } = runTine(['copy', '--from', source.server.url, '--to', target.server.url, '--follow']);
    assert.equal(status, 1);
    return stderr;
  };
  await target.client.put({ key: '/other' });
  await target.client.put({ key: '/third' });
  assert.match(refusal(), /it has 2 keys at revision 3, and the source had 1: .*tine snapshot save FILE/);
  for (let index = 0; index < 9; index += 1) await target.client.put({ key: '/other' });
  assert.match(refusal(), /it is at revision 12, and the source is at 4: it does not come from this source/);
  for (let index = 0; index < 20; index += 1) await source.client.put({ key: '/a' });
  await source.client.compact({ revision: 20 });
  assert.match(refusal(), /it is at revision 12, and the source has compacted the revisions after it/);
});

test('another writer to the target etcd ends the copy, and nothing is written over it', async (context) => {
  const source = await ownServer(context, { driver });
  const target = await ownServer(context, { driver: etcd });
  await source.client.put({ key: '/a', value: '1' });
  const copy = await follow(context, source.server.url, target.server.url);
  await waitFor('the first key', async () => (await target.client.range({ key: '/a' })).count === 1);
  await target.client.put({ key: '/a', value: 'theirs' });
  await source.client.put({ key: '/a', value: '2' });
  assert.equal((await copy.ended()).status, 1);
  assert.match(copy.printed, /another client wrote to it/);
  assert.equal((await target.client.range({ key: '/a' })).kvs[0]?.value.toString(), 'theirs');
});

test('the leases of a target etcd stay as long as a copy runs', async (context) => {
  const source = await ownServer(context, { driver });
  const target = await ownServer(context, { driver: etcd });
  const { ID } = await source.client.leaseGrant({ TTL: 3 });
  const renewals = source.client.keepAlive();
  const renewal = setInterval(() => renewals.send({ ID }), 500);
  context.after(() => {
    clearInterval(renewal);
    renewals.close();
  });
  await source.client.put({ key: '/held', lease: ID });
  const copy = await follow(context, source.server.url, target.server.url);
  await sleep(6_000);
  const [held] = (await target.client.range({ key: '/held' })).kvs;
  assert.equal(BigInt(held?.lease ?? 0), BigInt(ID));
  clearInterval(renewal);
  await waitFor('the end of the lease', async () => (await target.client.range({ key: '/held' })).count === 0);
  const atSource = (await source.client.range(everything)).header.revision;
  assert.equal((await target.client.range(everything)).header.revision, atSource);
  await copy.end('SIGTERM');
});

if (kineProgram() !== undefined) {
  test('a running kine: its keys under a slash move when nothing writes any more', async (context) => {
    const server = await Server.start({ driver: kine });
    context.after(() => server.remove());
    const client = new EtcdClient(server.address);
    context.after(() => client.close());
    const put = async (key: string, value: string, revision: number, lease = 0n): Promise<number> => {
      const { header } = await client.txn({
        compare: [{ key, target: 'MOD', result: 'EQUAL', mod_revision: revision }],
        success: [{ request_put: { key, value, lease } }],
        ...(revision === 0 ? {} : { failure: [{ request_range: { key } }] }),
      });
      return header.revision;
    };
    const first = await put('/registry/a', '1', 0);
    const target = await testDatabase(context, driver);
    const copy = await follow(context, server.url, target.endpoint);
    await put('/registry/a', '2', first);
    const gone = await put('/registry/gone', '1', 0);
    const { ID } = await client.leaseGrant({ TTL: 600 });
    await put('/registry/held', '1', 0, BigInt(ID));
    await client.txn({
      compare: [{ key: '/registry/gone', target: 'MOD', result: 'EQUAL', mod_revision: gone }],
      success: [{ request_delete_range: { key: '/registry/gone' } }],
      failure: [{ request_range: { key: '/registry/gone' } }],
    });
    await copy.end('SIGTERM');
    const printed = await cutOver(server.url, target.endpoint);
    assert.match(printed, /is a kine, which cannot refuse writes: stop its clients now/);
    const { header } = await client.range({ key: '/registry/a' });
    assert.match(printed, new RegExp(`moved up to revision ${header.revision}, 3 keys\n`));
    await isSound(target);
    await serving(target, async (own) => {
      const { kvs } = await own.range({ key: '/', range_end: '0' });
      assert.deepEqual(
        kvs.map(({ key, value }) => `${key}=${value}`),
        ['/registry/a=2', '/registry/health={"health":"true"}', '/registry/held=1'],
      );
      assert.equal((await own.leaseLeases({})).leases.length, 1);
      assert.equal((await own.put({ key: '/next' })).header.revision, header.revision + 1);
    });
  });
}
