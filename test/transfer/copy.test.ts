import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { OfflineAccess } from '../../src/drivers/offline.ts';
import type { WriteOperation } from '../../src/mvcc/operations.ts';
import { checkDatabase } from '../../src/transfer/check-database.ts';
import { copyDatabase } from '../../src/transfer/copy/copy-database.ts';
import { copyEtcd } from '../../src/transfer/copy/copy-etcd.ts';
import { EtcdClient as EtcdSource } from '../../src/transfer/copy/etcd-client.ts';
import { noProgress } from '../../src/transfer/copy/progress.ts';
import { restoredEtcd } from '../snapshot/etcd-tools.ts';
import { addUser, enableAuth } from '../support/auth.ts';
import {
  EtcdClient,
  etcd,
  failureOf,
  kine,
  kineProgram,
  leaseIds,
  ownServer,
  runTine,
  Server,
  TINE_DRIVERS,
  withoutLog,
  withPrefix,
} from '../support/index.ts';
import {
  compact,
  grant,
  put,
  remove,
  rowsOf,
  serving,
  type TestDatabase,
  tamper,
  testDatabase,
  writeKineDatabase,
  writeTineDatabase,
} from './databases.ts';

const txn = (...steps: readonly WriteOperation[]): WriteOperation => ({
  kind: 'txn',
  compares: [],
  success: steps as Extract<WriteOperation, { kind: 'txn' }>['success'],
  failure: [],
});

/**
 * A history with several keys in one transaction, so that revisions lag behind ids; bytes that are
 * escaped; a lease; compacted at 4.
 */
const history: readonly WriteOperation[] = [
  put('/a', '1'),
  put('/b', 'b'),
  put('/a', '2'),
  txn(put('/x', 'x1'), put('/y', 'y1'), put('/Y', 'Y1')),
  put('/a', '3'),
  remove('/b'),
  put('é\u0001', 'bytes'),
  grant(2n ** 62n + 1n, 600),
  put('/held', 'h', 2n ** 62n + 1n),
  put('/y', 'y2'),
  put('compact_rev_key', '4'),
  put('/gone', 'g'),
  remove('/gone'),
  ...compact(4),
];

/** A client without a certificate and without a user. */
const anonymous = { caFile: undefined, certFile: undefined, keyFile: undefined, user: undefined };

/** All keys, leases and the history from a revision on, as a client reads them. */
async function seen(client: EtcdClient, fromRevision: number) {
  const { header, kvs } = await client.range({ key: '\0', range_end: '\0' });
  const leases = await leaseIds(client);
  const watch = client.watch();
  await watch.create({ key: '\0', range_end: '\0', start_revision: fromRevision, prev_kv: true });
  await client.put({ key: 'end' });
  const messages = await watch.until(({ events }) => events.at(-1)?.kv.key.toString() === 'end');
  watch.close();
  return { revision: header.revision, kvs, leases, events: messages.flatMap(({ events }) => events) };
}

/** Ends a copy before its transaction of this number, as a kill would. */
function cutOff(access: OfflineAccess, beforeTransaction: number): OfflineAccess {
  let count = 0;
  return {
    ...access,
    whileLocked: (work) =>
      access.whileLocked((owned) =>
        work({
          transaction: (change) => {
            count += 1;
            if (count === beforeTransaction) throw new Error('cut off');
            return owned.transaction(change);
          },
        }),
      ),
  };
}

async function isSound({ access }: TestDatabase): Promise<void> {
  assert.deepEqual((await access.readSnapshot(checkDatabase)).findings, []);
}

for (const from of TINE_DRIVERS) {
  for (const to of TINE_DRIVERS) {
    test(`${from.name} to ${to.name}: keys, revisions, leases and history are the same`, async (context) => {
      const source = await testDatabase(context, from);
      await writeTineDatabase(source, history);
      const target = await testDatabase(context, to);
      const { status, stdout, stderr } = runTine(['copy', '--from', source.endpoint, '--to', target.endpoint]);
      assert.equal(status, 0, stderr);
      assert.match(
        stdout,
        /^copied up to revision 13;.*\n {2}source: (7 keys, SHA-256 [0-9a-f]{64})\n {2}target: \1\n$/,
      );
      await isSound(target);
      const expected = await serving(source, (client) => seen(client, 5));
      await serving(target, async (client) => {
        assert.deepEqual(await seen(client, 5), expected);
        assert.equal((await failureOf(client.range({ key: '/a', revision: 3 }))).code, 'OUT_OF_RANGE');
      });
    });
  }

  test(`${from.name}: every one of many leases is copied`, async (context) => {
    const source = await testDatabase(context, from);
    const ids = Array.from({ length: 1_200 }, (_, index) => BigInt(index * 17 + 1));
    await writeTineDatabase(
      source,
      ids.map((id) => grant(id, 600)),
    );
    const target = await testDatabase(context, from);
    await copyDatabase(source.access, target.access, noProgress);
    assert.deepEqual(await rowsOf(target, 'SELECT COUNT(*) FROM tine_lease'), [[1_200]]);
  });

  test(`${from.name}: an interrupted copy continues, with what was written and compacted meanwhile`, async (context) => {
    const source = await testDatabase(context, from);
    const many = Array.from({ length: 3_500 }, (_, index) => put(`/k/${index % 700}`, `${index}`));
    await writeTineDatabase(source, many);
    const target = await testDatabase(context, from);
    await assert.rejects(copyDatabase(source.access, cutOff(target.access, 4), noProgress), /cut off/);
    const [half] = await rowsOf(target, 'SELECT COUNT(*) FROM kine');
    assert.deepEqual(half, [1_999]);

    const { status, stderr } = runTine(['--endpoint', target.endpoint, '--listen-client-urls', 'http://127.0.0.1:0']);
    assert.equal(status, 1);
    assert.match(withoutLog(stderr), /^tine: [^\n]*a copy into this database has not been finished[^\n]*\n/);

    await writeTineDatabase(source, [put('/k/1', 'later'), remove('/k/2'), ...compact(3_000)]);
    await assert.rejects(copyDatabase(source.access, cutOff(target.access, 3), noProgress), /cut off/);
    // No row of the key /k/2 is left in the source.
    const chunks = Array.from({ length: 20 }, () => compact(3_504).slice(1)).flat();
    await writeTineDatabase(source, [put('/k/3', 'last'), ...compact(3_504), ...chunks]);
    assert.deepEqual(await rowsOf(source, "SELECT COUNT(*) FROM kine WHERE name = '/k/2'"), [[0]]);
    const report = await copyDatabase(source.access, target.access, noProgress);
    assert.equal(report.revision, 3_504);
    assert.deepEqual(report.source, report.target);
    assert.equal(report.target.keyCount, 699);
    await isSound(target);
    await serving(target, async (client) => {
      assert.equal((await client.range({ key: '/k/1' })).kvs[0]?.value.toString(), 'later');
      assert.equal((await client.put({ key: '/k/1' })).header.revision, 3_505);
    });
    await isSound(target);
  });

  test(`${from.name}: a copy that differs from its source is reported and not served`, async (context) => {
    const source = await testDatabase(context, from);
    await writeTineDatabase(source, history);
    const target = await testDatabase(context, from);
    await assert.rejects(copyDatabase(source.access, cutOff(target.access, 3), noProgress), /cut off/);
    await tamper(target, ["UPDATE kine SET version = 9 WHERE name = '/held'"]);
    await assert.rejects(
      copyDatabase(source.access, target.access, noProgress),
      /the copy differs from the source: 7 keys, SHA-256 .* instead of 7 keys, SHA-256 .*; drop the database and start again$/,
    );
    const [finding] = (await target.access.readSnapshot(checkDatabase)).findings;
    assert.match(finding ?? '', /a copy into this database has not been finished/);
  });

  test(`${from.name}: a copy into a database with data, into a served database or into another unfinished copy is refused`, async (context) => {
    const source = await testDatabase(context, from);
    await writeTineDatabase(source, history);
    const target = await testDatabase(context, from);
    await serving(target, async (client) => {
      await assert.rejects(copyDatabase(source.access, target.access, noProgress), /stop it, then try again/);
      await client.put({ key: '/mine' });
    });
    await assert.rejects(copyDatabase(source.access, target.access, noProgress), /it is not empty \(1 row\)/);
    await assert.rejects(copyDatabase(source.access, source.access, noProgress), /cannot copy a database into itself/);
    const half = await testDatabase(context, from);
    await assert.rejects(copyDatabase(source.access, cutOff(half.access, 3), noProgress), /cut off/);
    await assert.rejects(copyDatabase(target.access, half.access, noProgress), /unfinished copy of another source/);
    await assert.rejects(copyDatabase(half.access, target.access, noProgress), /has not been finished/);
  });

  test(`${from.name}: a kine database is copied the way tine would take it over`, async (context) => {
    const source = await testDatabase(context, from);
    await writeKineDatabase(source, [
      { id: 1, name: 'compact_rev_key', created: 1, prev_revision: 3 },
      { id: 4, name: '/a', create_revision: 3, prev_revision: 3, value: 'a2', old_value: 'a1' },
      { id: 5, name: '/b', created: 1, value: 'b1', lease: 60 },
      { id: 6, name: '/b', create_revision: 5, prev_revision: 5, value: 'b2', old_value: 'b1', lease: 60 },
      { id: 7, name: '/c', created: 1, value: 'c1' },
      { id: 8, name: '/c', deleted: 1, create_revision: 7, prev_revision: 7, value: 'c1', old_value: 'c1' },
      { id: 9, name: 'gap-9', deleted: 1 },
      { id: 10, name: 'compact_rev_key_apiserver', created: 1, value: '3|7' },
      ...(from.dialect === 'mysql' ? [] : [{ id: 11, name: '/é', created: 1, value: 'e' } as const]),
    ]);
    const target = await testDatabase(context, from);
    const report = await copyDatabase(source.access, target.access, noProgress);
    assert.deepEqual(report.source, report.target);
    await isSound(target);
    const shown = (database: TestDatabase) => serving(database, (client) => seen(client, 4));
    const ofTarget = await shown(target);
    const ofSource = await shown(source);
    const withoutLeases = (kv: object) => ({ ...kv, lease: 0n });
    assert.deepEqual(ofTarget.kvs.map(withoutLeases), ofSource.kvs.map(withoutLeases));
    assert.deepEqual(ofTarget.leases, ofSource.leases);
    assert.equal(ofTarget.events.length, ofSource.events.length);
  });

  test(`etcd to ${from.name}: all keys of one revision are copied, with their revisions, versions and leases`, async (context) => {
    const { server, client } = await ownServer(context, { driver: etcd });
    await writeAll(client);
    const target = await testDatabase(context, from);
    const { status, stdout, stderr } = runTine(['copy', '--from', server.url, '--to', target.endpoint]);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^copied up to revision 313;.*\n {2}source: (306 keys, .*)\n {2}target: \1\n$/);
    await isSound(target);
    const saved = join(target.dataDirectory, 'copy.db');
    assert.equal(runTine(['snapshot', 'save', saved, '--endpoint', target.endpoint]).status, 0);
    const restored = await restoredEtcd(context, saved);
    const everything = { key: '\0', range_end: '\0' };
    assert.deepEqual((await restored.client.range(everything)).kvs, (await client.range(everything)).kvs);
    await sameAs(client, target);
  });

  test(`${from.name}: a key that is too long for the target is refused, from an etcd and from a database`, async (context) => {
    const { server, client } = await ownServer(context, { driver: etcd });
    const long = 'k'.repeat(2_000);
    await client.put({ key: long });
    const source = await testDatabase(context, from);
    await writeTineDatabase(source, [put(long, 'value')]);
    const target = await testDatabase(context, from);
    const short = { ...target.access, keyLengthMax: 1_999 };
    const refused = { message: /it can index keys of at most 1999 characters, and the key .* has 2000; copy into/ };
    await assert.rejects(copyDatabase(source.access, short, noProgress), refused);
    const other = await testDatabase(context, from);
    const etcdSource = await EtcdSource.open(server.url, anonymous);
    context.after(() => etcdSource.close());
    await assert.rejects(copyEtcd(etcdSource, { ...other.access, keyLengthMax: 1_999 }, noProgress), refused);
  });

  test(`etcd to ${from.name}: an interrupted copy continues, and starts again if the revision was compacted`, async (context) => {
    const { server, client } = await ownServer(context, { driver: etcd });
    await writeAll(client);
    const target = await testDatabase(context, from);
    const source = await EtcdSource.open(server.url, anonymous);
    context.after(() => source.close());
    await assert.rejects(copyEtcd(source, cutOff(target.access, 6), noProgress), /cut off/);
    const [staged] = await rowsOf(target, 'SELECT COUNT(*) FROM tine_copy');
    assert.ok((staged?.[0] as number) > 0 && (staged?.[0] as number) < 306);
    await client.put({ key: '/a', value: 'later' });
    await assert.rejects(copyEtcd(source, cutOff(target.access, 6), noProgress), /cut off/);
    const { revision } = (await client.put({ key: '/new' })).header;
    await client.compact({ revision });
    const report = await copyEtcd(source, target.access, noProgress);
    assert.equal(report.revision, revision);
    await isSound(target);
    await sameAs(client, target);
  });

  test(`etcd to ${from.name}: a user who may not read all keys is refused, and what is not copied is printed`, async (context) => {
    const { server, client } = await ownServer(context, { driver: etcd });
    await client.put({ key: '/a', value: '1' });
    await client.put({ key: 'other', value: '2' });
    await addUser(client, 'some', { permType: 'READ', key: '/', range_end: '0' });
    const root = await enableAuth(client);
    root.close();
    const target = await testDatabase(context, from);
    const copy = (user: string, ...flags: readonly string[]) =>
      runTine(['copy', '--from', server.url, '--to', target.endpoint, ...flags], {
        environment: { ETCDCTL_USER: user, ETCDCTL_PASSWORD: `${user}-password` },
      });
    for (const flags of [[], ['--follow', '--cutover']]) {
      const { status, stderr } = copy('some', ...flags);
      assert.equal(status, 1);
      assert.match(stderr, /permission denied\n$/);
    }
    const { status, stdout, stderr } = copy('root');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /source: 2 keys,/);
    assert.match(stderr, /auth is on; users and roles are not copied: create them in the target/);
  });

  if (kineProgram() !== undefined) {
    test(`a running kine to ${from.name}: keys under a slash and the API server's own key are copied`, async (context) => {
      const server = await Server.start({ driver: kine });
      context.after(() => server.remove());
      const target = await testDatabase(context, from);
      await kineWrites(server.address);
      const { status, stdout, stderr } = runTine(['copy', '--from', server.url, '--to', target.endpoint]);
      assert.equal(status, 0, stderr);
      assert.match(stdout, /source: (123 keys, .*)\n {2}target: \1\n$/);
      await isSound(target);
      await serving(target, async (client) => {
        const { kvs, count } = await client.range(withPrefix('/registry/'));
        assert.equal(count, 122);
        assert.equal(kvs.find(({ key }) => key.toString() === '/registry/pods/5')?.value.toString(), 'again');
        assert.equal((await client.range({ key: 'compact_rev_key' })).kvs[0]?.value.toString(), '7');
        assert.equal((await client.leaseLeases({})).leases.length, 1);
      });
    });
  }
}

/** 306 keys at revision 313. */
async function writeAll(client: EtcdClient): Promise<void> {
  for (let index = 0; index < 100; index += 1) {
    const keys = ['a', 'b', 'c'].map((name) => ({ request_put: { key: `/many/${index}/${name}`, value: `${index}` } }));
    await client.txn({ success: keys });
  }
  for (let index = 0; index < 201; index += 1) await client.put({ key: '/often', value: `${index}` });
  await client.put({ key: Buffer.from([0x2f, 0xff, 0x00, 0x01, 0x7f]), value: 'bytes' });
  await client.put({ key: 'compact_rev_key', value: '7' });
  await client.put({ key: '/a', value: Buffer.alloc(100_000, 'a') });
  const { ID } = await client.leaseGrant({ TTL: 600 });
  await client.put({ key: '/held', value: 'h', lease: ID });
  await client.put({ key: '/many/7/a', value: 'again' });
  await client.put({ key: '/empty', value: '' });
  for (const name of ['a', 'b', 'c', 'd']) {
    await client.put({ key: '/gone', value: name });
    if (name === 'd') await client.deleteRange({ key: '/gone' });
  }
}

/** The target serves the same data as the etcd, and continues with the next revision. */
async function sameAs(client: EtcdClient, target: TestDatabase): Promise<void> {
  const everything = { key: '\0', range_end: '\0' };
  const expected = await client.range(everything);
  const leases = await leaseIds(client);
  await serving(target, async (own) => {
    const found = await own.range(everything);
    assert.deepEqual(found.kvs, expected.kvs);
    assert.equal(found.header.revision, expected.header.revision);
    assert.deepEqual(await leaseIds(own), leases);
    const { revision } = expected.header;
    assert.equal((await failureOf(own.range({ ...everything, revision: revision - 1 }))).code, 'OUT_OF_RANGE');
    const watch = own.watch();
    await watch.create({ ...everything, start_revision: revision + 1, prev_kv: true });
    assert.equal((await own.put({ key: '/often', value: 'next' })).header.revision, revision + 1);
    const [event] = await watch.events(1);
    assert.equal(event?.prev_kv?.value.toString(), '200');
    assert.equal(event?.kv.version, 202);
    watch.close();
    await own.compact({ revision: revision + 1, physical: true });
  });
  await isSound(target);
}

/** 121 keys besides the one that kine writes at its start. */
async function kineWrites(address: string): Promise<void> {
  const client = new EtcdClient(address);
  const create = async (key: string, value: string, lease = 0n) => {
    await client.txn({
      compare: [{ key, target: 'MOD', result: 'EQUAL', mod_revision: 0 }],
      success: [{ request_put: { key, value, lease } }],
    });
  };
  try {
    for (let index = 0; index < 120; index += 1) await create(`/registry/pods/${index}`, `${index}`);
    const { ID } = await client.leaseGrant({ TTL: 600 });
    await create('/registry/events/1', 'held', BigInt(ID));
    const [pod] = (await client.range({ key: '/registry/pods/5' })).kvs;
    await client.txn({
      compare: [{ key: '/registry/pods/5', target: 'MOD', result: 'EQUAL', mod_revision: pod?.mod_revision ?? 0 }],
      success: [{ request_put: { key: '/registry/pods/5', value: 'again' } }],
      failure: [{ request_range: { key: '/registry/pods/5' } }],
    });
    await client.txn({
      compare: [{ key: 'compact_rev_key', target: 'VERSION', result: 'EQUAL', version: 0 }],
      success: [{ request_put: { key: 'compact_rev_key', value: '7' } }],
      failure: [{ request_range: { key: 'compact_rev_key' } }],
    });
  } finally {
    client.close();
  }
}
