import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { addUser, auth, clientOf, enableAuth } from '../../support/auth.ts';
import { EtcdClient as Client, DRIVERS, type EtcdClient, failureOf, suite, withPrefix } from '../../support/index.ts';

const denied = { code: 'PERMISSION_DENIED', details: 'etcdserver: permission denied' };
const nobody = { code: 'INVALID_ARGUMENT', details: 'etcdserver: user name is empty' };
const badToken = { code: 'UNAUTHENTICATED', details: 'etcdserver: invalid auth token' };

/**
 * Users: `reader` reads a/, `writer` writes a/, `owner` has both rights, `pieces` reads [a, c), [c,
 * f) and the key f, `nothing` has no right.
 */
function authSuite(driver: (typeof DRIVERS)[number]) {
  const clients: Record<string, EtcdClient> = {};
  const shared = suite(driver, {
    arguments: ['--bcrypt-cost', '4'],
    prepare: async ({ client }) => {
      const under = withPrefix('a/');
      await addUser(client, 'reader', { permType: 'READ', ...under });
      await addUser(client, 'writer', { permType: 'WRITE', ...under });
      await addUser(client, 'owner', { permType: 'READWRITE', ...under });
      await addUser(
        client,
        'pieces',
        { permType: 'READ', key: 'c', range_end: 'f' },
        { permType: 'READ', key: 'f' },
        { permType: 'READ', key: 'a', range_end: 'c' },
        { permType: 'READ', key: 'x', range_end: Buffer.of(0) },
      );
      await addUser(client, 'nothing');
      clients.root = await enableAuth(client);
      for (const name of ['reader', 'writer', 'owner', 'pieces', 'nothing']) {
        clients[name] = await clientOf(client.address, name);
      }
    },
  });
  after(() => {
    for (const client of Object.values(clients)) client.close();
  });
  const as = (name: string): EtcdClient => clients[name] as EtcdClient;
  return { shared, as };
}

for (const driver of DRIVERS) {
  const { shared, as } = authSuite(driver);

  test(`${driver.name}: a client without a token cannot access keys`, async () => {
    const { client } = shared;
    const calls: (() => Promise<unknown>)[] = [
      () => client.range({ key: 'a/1' }),
      () => client.rangeStream({ key: 'a/1' }),
      () => client.put({ key: 'a/1' }),
      () => client.deleteRange({ key: 'a/1' }),
      () => client.txn({ success: [{ request_range: { key: 'a/1' } }] }),
      () => client.leaseGrant({ TTL: 60 }),
      () => client.leaseRevoke({ ID: 1n }),
      () => client.leaseTimeToLive({ ID: 1n }),
      () => client.leaseLeases({}),
      () => client.memberList({}),
      () => client.memberList({ linearizable: true }),
      () => client.status({}),
      () => client.alarm({ action: 'GET' }),
      () => client.alarm({ action: 'DEACTIVATE' }),
    ];
    for (const call of calls) assert.deepEqual(await failureOf(call()), nobody, String(call));
    const keepAlive = client.keepAlive();
    keepAlive.send({ ID: 1n });
    assert.equal((await keepAlive.ended())?.details, nobody.details);
    await client.txn({});
    await client.healthCheck({});
  });

  test(`${driver.name}: a range is permitted only when permissions cover all of it`, async () => {
    const reader = as('reader');
    await reader.range({ key: 'a/1' });
    await reader.range(withPrefix('a/'));
    await reader.range({ ...withPrefix('a/'), count_only: true });
    await reader.rangeStream(withPrefix('a/'));
    for (const range of [
      { key: 'a' },
      { key: 'a0' },
      { key: 'a.', range_end: 'a/5' },
      { key: 'a/5', range_end: 'a1' },
      { key: 'a/5', range_end: Buffer.of(0) },
      { key: Buffer.of(0), range_end: Buffer.of(0) },
      withPrefix('a'),
    ]) {
      assert.deepEqual(await failureOf(reader.range(range)), denied);
      assert.deepEqual(await failureOf(reader.rangeStream(range)), denied);
    }
    assert.deepEqual(await failureOf(as('writer').range({ key: 'a/1' })), denied);
    assert.deepEqual(await failureOf(as('nothing').range({ key: 'a/1' })), denied);
    await as('root').range({ key: Buffer.of(0), range_end: Buffer.of(0) });
  });

  test(`${driver.name}: adjacent permissions count as one permission`, async () => {
    const pieces = as('pieces');
    await pieces.range({ key: 'a', range_end: 'f' });
    await pieces.range({ key: 'b', range_end: 'f\0' });
    await pieces.range({ key: 'y', range_end: Buffer.of(0) });
    assert.deepEqual(await failureOf(pieces.range({ key: 'b', range_end: 'f\0\0' })), denied);
    assert.deepEqual(await failureOf(pieces.range({ key: 'b', range_end: 'z' })), denied);
    assert.deepEqual(await failureOf(pieces.range({ key: 'f', range_end: Buffer.of(0) })), denied);
  });

  test(`${driver.name}: a write needs write permission, and read permission if it returns the previous value`, async () => {
    await as('writer').put({ key: 'a/w', value: '1' });
    await as('owner').put({ key: 'a/w', value: '2', prev_kv: true });
    assert.deepEqual(await failureOf(as('writer').put({ key: 'a/w', prev_kv: true })), denied);
    assert.deepEqual(await failureOf(as('reader').put({ key: 'a/w' })), denied);
    assert.deepEqual(await failureOf(as('owner').put({ key: 'b' })), denied);
    assert.deepEqual(await failureOf(as('writer').deleteRange({ ...withPrefix('a/'), prev_kv: true })), denied);
    assert.deepEqual(await failureOf(as('writer').deleteRange(withPrefix('a'))), denied);
    assert.equal((await as('writer').deleteRange(withPrefix('a/'))).deleted, 1);
  });

  test(`${driver.name}: a transaction needs the permissions of all its operations, in both branches and at any depth`, async () => {
    const owner = as('owner');
    const inside = { key: 'a/t' };
    const outside = { key: 'b/t' };
    await owner.txn({
      compare: [{ target: 'VERSION', ...inside, version: 0 }],
      success: [{ request_txn: { success: [{ request_put: inside }, { request_range: inside }] } }],
      failure: [{ request_delete_range: { ...inside, prev_kv: true } }],
    });
    const refused = [
      { compare: [{ target: 'VERSION', ...outside, version: 0 }] },
      { compare: [{ target: 'VERSION', key: 'a/', range_end: 'b', version: 0 }] },
      { success: [{ request_range: outside }] },
      { failure: [{ request_range: outside }] },
      { success: [{ request_put: outside }] },
      { failure: [{ request_put: outside }] },
      { success: [{ request_delete_range: withPrefix('a') }] },
      { success: [{ request_txn: { failure: [{ request_txn: { success: [{ request_range: outside }] } }] } }] },
      { success: [{ request_txn: { compare: [{ target: 'MOD', ...outside, mod_revision: 1 }] } }] },
    ] as const;
    for (const txn of refused) assert.deepEqual(await failureOf(owner.txn(txn)), denied, JSON.stringify(txn));
    assert.deepEqual(
      await failureOf(as('writer').txn({ success: [{ request_put: { ...inside, prev_kv: true } }] })),
      denied,
    );
    assert.deepEqual(
      await failureOf(as('writer').txn({ success: [{ request_delete_range: { ...inside, prev_kv: true } }] })),
      denied,
    );
    assert.deepEqual(
      await failureOf(as('writer').txn({ compare: [{ target: 'MOD', ...inside, mod_revision: 1 }] })),
      denied,
    );
  });

  test(`${driver.name}: revoking a lease and attaching keys to it need write permission for all keys of the lease`, async () => {
    const { ID } = await as('writer').leaseGrant({ TTL: 600 });
    await as('writer').put({ key: 'a/l', lease: ID });
    await as('root').put({ key: 'secret', lease: ID });
    assert.deepEqual(await failureOf(as('writer').put({ key: 'a/m', lease: ID })), denied);
    assert.deepEqual(
      await failureOf(as('writer').txn({ failure: [{ request_put: { key: 'a/m', lease: ID } }] })),
      denied,
    );
    assert.deepEqual(await failureOf(as('writer').leaseRevoke({ ID })), denied);
    const renewing = as('writer').keepAlive();
    renewing.send({ ID });
    assert.equal((await renewing.ended())?.details, denied.details);
    await as('root').deleteRange({ key: 'secret' });
    await as('writer').put({ key: 'a/m', lease: ID });
    const renewed = as('writer').keepAlive();
    assert.equal((await renewed.renew(ID)).TTL, 600);
    renewed.close();
    await as('writer').leaseRevoke({ ID });
    assert.equal(
      (await as('root').range(withPrefix('a/'))).kvs.some(({ key }) => `${key}` === 'a/m'),
      false,
    );
    const ofRoot = await as('root').leaseGrant({ TTL: 600 });
    await as('nothing').leaseRevoke({ ID: ofRoot.ID });
  });

  test(`${driver.name}: listing the keys of a lease needs read permission for them`, async () => {
    const { ID } = await as('owner').leaseGrant({ TTL: 600 });
    await as('owner').put({ key: 'a/told', lease: ID });
    assert.deepEqual((await as('reader').leaseTimeToLive({ ID, keys: true })).keys.map(String), ['a/told']);
    assert.deepEqual(await failureOf(as('writer').leaseTimeToLive({ ID, keys: true })), denied);
    assert.equal((await as('nothing').leaseTimeToLive({ ID })).grantedTTL, 600);
    assert.equal((await as('nothing').leaseTimeToLive({ ID: ID + 1n, keys: true })).TTL, -1);
    assert.ok((await as('reader').leaseLeases({})).leases.some((lease) => lease.ID === ID));
    assert.ok((await as('root').leaseLeases({})).leases.some((lease) => lease.ID === ID));
    assert.deepEqual(await failureOf(as('writer').leaseLeases({})), denied);
    await as('root').leaseRevoke({ ID });
    await as('writer').leaseLeases({});
  });

  test(`${driver.name}: the permission of a watch is checked when it is created, and a later revocation does not end the watch`, async () => {
    const watch = as('reader').watch();
    const { watch_id: watchId } = await watch.create(withPrefix('a/'));
    assert.equal(watchId, 0);
    for (const range of [
      withPrefix('a'),
      { key: 'b' },
      { key: 'c', range_end: 'b' },
      { key: '', range_end: Buffer.of(0) },
    ]) {
      const refused = await watch.create(range);
      assert.deepEqual(
        [refused.canceled, refused.watch_id, refused.cancel_reason],
        [true, -1, 'rpc error: code = PermissionDenied desc = etcdserver: permission denied'],
      );
    }
    const role = 'role-of-reader';
    await auth(as('root'), 'RoleRevokePermission', { role, ...withPrefix('a/') });
    assert.deepEqual(await failureOf(as('reader').range(withPrefix('a/'))), denied);
    await as('owner').put({ key: 'a/seen' });
    const [event] = await watch.events(1, { watchId });
    assert.equal(String(event?.kv.key), 'a/seen');
    assert.equal((await watch.create(withPrefix('a/'))).canceled, true);
    await auth(as('root'), 'RoleGrantPermission', { name: role, perm: { permType: 'READ', ...withPrefix('a/') } });
    assert.equal((await watch.create(withPrefix('a/'))).canceled, false);
    watch.close();
    const ofNobody = shared.client.watch();
    const { cancel_reason: reason } = await ofNobody.create({ key: 'a/1' });
    assert.equal(reason, 'rpc error: code = InvalidArgument desc = etcdserver: user name is empty');
    ofNobody.close();
  });

  test(`${driver.name}: changing alarms and compaction need the root role; status, alarms and members are visible to every user`, async () => {
    await as('nothing').status({});
    await as('nothing').memberList({});
    await as('nothing').alarm({ action: 'GET' });
    for (const action of ['ACTIVATE', 'DEACTIVATE']) {
      assert.deepEqual(await failureOf(as('owner').alarm({ action, alarm: 'NOSPACE' })), denied);
    }
    assert.deepEqual(await failureOf(as('owner').compact({ revision: 1 })), denied);
  });

  test(`${driver.name}: an invalid token is refused by every call, in the header "token" and in "authorization"`, async () => {
    const { address } = shared.client;
    for (const metadata of [
      { token: 'abc.12' },
      { token: '' },
      { authorization: 'Bearer x.y.z' },
      { token: `${'a'.repeat(40)}.${'b'.repeat(43)}` },
    ]) {
      const client = new Client(address, metadata as Record<string, string>);
      for (const call of [
        () => client.range({ key: 'a/1' }),
        () => client.put({ key: 'a/1' }),
        () => client.compact({ revision: 1 }),
        () => client.leaseGrant({ TTL: 60 }),
        () => client.status({}),
        () => client.memberList({}),
        () => auth(client, 'AuthStatus'),
        () => auth(client, 'UserList'),
      ]) {
        assert.deepEqual(await failureOf(call()), badToken, String(call));
      }
      const watch = client.watch();
      const { cancel_reason: reason } = await watch.create({ key: 'a/1' });
      assert.equal(reason, 'rpc error: code = Unauthenticated desc = etcdserver: invalid auth token');
      client.close();
    }
  });

  test(`${driver.name}: a token is accepted in "token" or "authorization", with or without "Bearer"`, async () => {
    const { token } = await auth(shared.client, 'Authenticate', { name: 'owner', password: 'owner-password' });
    for (const metadata of [
      { token },
      { token: `Bearer ${token}` },
      { authorization: token },
      { authorization: `Bearer ${token}` },
    ]) {
      const client = new Client(shared.client.address, metadata as Record<string, string>);
      await client.range({ key: 'a/1' });
      client.close();
    }
  });

  test(`${driver.name}: locks and elections need permissions for their keys`, async () => {
    await as('owner').lock({ name: 'a/lock' });
    assert.deepEqual(await failureOf(as('owner').lock({ name: 'b/lock' })), { ...denied, code: 'UNKNOWN' });
    assert.deepEqual(await failureOf(as('reader').lock({ name: 'a/other' })), { ...denied, code: 'UNKNOWN' });
    assert.deepEqual(await failureOf(shared.client.lock({ name: 'a/other' })), { ...nobody, code: 'UNKNOWN' });
    assert.deepEqual(await failureOf(as('nothing').leader({ name: 'a/election' })), { ...denied, code: 'UNKNOWN' });
  });
}
