import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { addUser, auth, authRevision, clientOf, enableAuth, tokenOf } from '../../support/auth.ts';
import { type Driver, EtcdClient, failureOf, ownServer, TINE_DRIVERS, withPrefix } from '../../support/index.ts';

const denied = { code: 'PERMISSION_DENIED', details: 'etcdserver: permission denied' };
const nobody = { code: 'INVALID_ARGUMENT', details: 'etcdserver: user name is empty' };
const badToken = { code: 'UNAUTHENTICATED', details: 'etcdserver: invalid auth token' };
const under = withPrefix('a/');
const cheap = ['--bcrypt-cost', '4'];

/** Two instances over one database, and clients that are closed with the test. */
async function twoInstances(context: TestContext, driver: Driver) {
  const first = await ownServer(context, { driver, arguments: cheap });
  const second = await ownServer(context, { driver, arguments: cheap, dataDirectory: first.server.dataDirectory });
  const closing = (client: EtcdClient): EtcdClient => {
    context.after(() => client.close());
    return client;
  };
  return {
    one: first.client,
    other: second.client,
    /** A client of an instance, logged in as a user. */
    as: async (instance: EtcdClient, name: string) => closing(await clientOf(instance.address, name)),
    /** A client of an instance with an existing token. */
    with: (instance: EtcdClient, token: string) => closing(new EtcdClient(instance.address, { token })),
    enable: async (instance: EtcdClient) => closing(await enableAuth(instance)),
  };
}

for (const driver of TINE_DRIVERS) {
  test(`${driver.name}: enabling auth on one instance applies to the next request on another instance, for every kind of request`, async (context) => {
    const requests: ((client: EtcdClient) => Promise<unknown>)[] = [
      (client) => client.range({ key: 'a/1' }),
      (client) => client.range({ ...under, count_only: true }),
      (client) => client.rangeStream(under),
      (client) => client.put({ key: 'a/1' }),
      (client) => client.deleteRange({ key: 'a/1' }),
      (client) => client.txn({ success: [{ request_range: { key: 'a/1' } }] }),
      (client) => client.leaseGrant({ TTL: 60 }),
      (client) => client.leaseRevoke({ ID: 77n }),
      (client) => client.leaseTimeToLive({ ID: 77n }),
      (client) => client.leaseLeases({}),
      (client) => client.memberList({}),
      (client) => client.memberList({ linearizable: true }),
      (client) => client.status({}),
      (client) => client.alarm({ action: 'GET' }),
      (client) => auth(client, 'UserList'),
      async (client) => {
        const stream = client.keepAlive();
        stream.send({ ID: 77n });
        const error = await stream.ended();
        if (error !== undefined) throw error;
      },
    ];
    const { one, other, enable, as } = await twoInstances(context, driver);
    await other.leaseGrant({ TTL: 600, ID: 77n });
    await other.range({ ...under, count_only: true });
    let root = await enable(one);
    for (const [index, request] of requests.entries()) {
      assert.deepEqual(await failureOf(request(other)), nobody, String(request));
      await auth(root, 'AuthDisable');
      await other.range({ key: 'a/1' });
      if (index === requests.length - 1) break;
      await auth(one, 'AuthEnable');
      root = await as(one, 'root');
    }
  });

  test(`${driver.name}: a watch without a token is refused on an instance that has not yet seen that auth was enabled`, async (context) => {
    const { one, other, enable } = await twoInstances(context, driver);
    const { revision } = (await other.put({ key: 'a/1' })).header;
    const watch = other.watch();
    await watch.create({ key: 'a/1' });
    await enable(one);
    for (const start of [revision, 0]) {
      const { canceled, cancel_reason: reason } = await watch.create({ ...under, start_revision: start });
      assert.deepEqual(
        [canceled, reason],
        [true, 'rpc error: code = InvalidArgument desc = etcdserver: user name is empty'],
      );
    }
    watch.close();
  });

  test(`${driver.name}: permissions granted or revoked on one instance take effect on another instance at once`, async (context) => {
    const { one, other, as, enable } = await twoInstances(context, driver);
    await addUser(one, 'ann', { permType: 'READWRITE', ...under });
    const root = await enable(one);
    const ann = await as(other, 'ann');
    const role = 'role-of-ann';
    for (let round = 0; round < 5; round += 1) {
      await ann.put({ key: 'a/1' });
      await ann.range({ key: 'a/1' });
      await auth(root, 'RoleRevokePermission', { role, ...under });
      assert.deepEqual(await failureOf(round % 2 === 0 ? ann.put({ key: 'a/1' }) : ann.range({ key: 'a/1' })), denied);
      await auth(root, 'RoleGrantPermission', { name: role, perm: { permType: 'READWRITE', ...under } });
      await (round % 2 === 0 ? ann.range({ key: 'a/1' }) : ann.put({ key: 'a/1' }));
      await auth(root, 'UserRevokeRole', { name: 'ann', role });
      assert.deepEqual(await failureOf(ann.range(under)), denied);
      await auth(root, 'UserGrantRole', { user: 'ann', role });
    }
    assert.equal(await authRevision(one), await authRevision(other));
  });

  test(`${driver.name}: no write succeeds after its permission was revoked, even if many writes are in flight`, async (context) => {
    const { one, other, as, enable } = await twoInstances(context, driver);
    await addUser(one, 'ann', { permType: 'READWRITE', ...under });
    const root = await enable(one);
    const ann = await as(other, 'ann');
    let isTaken = false;
    let late = 0;
    let refused = 0;
    const writing = Array.from({ length: 20 }, async (_, index) => {
      while (refused < 40) {
        const begunAfter = isTaken;
        try {
          await ann.put({ key: `a/${index}` });
          if (begunAfter) late += 1;
        } catch {
          refused += 1;
        }
      }
    });
    await auth(root, 'UserRevokeRole', { name: 'ann', role: 'role-of-ann' });
    isTaken = true;
    await Promise.all(writing);
    assert.equal(late, 0);
  });

  test(`${driver.name}: a token is valid on every instance until its user's password changes, its user is deleted or auth is disabled`, async (context) => {
    const { one, other, enable, with: withToken, as } = await twoInstances(context, driver);
    await addUser(one, 'ann', { permType: 'READWRITE', ...under });
    const root = await enable(one);
    const token = await tokenOf(one, 'ann');
    const [here, there] = [withToken(one, token), withToken(other, token)];
    await there.put({ key: 'a/1' });
    await here.put({ key: 'a/1' });
    await auth(root, 'UserChangePassword', { name: 'ann', password: 'changed' });
    for (const client of [there, here]) assert.deepEqual(await failureOf(client.range({ key: 'a/1' })), badToken);
    const again = withToken(other, (await auth(one, 'Authenticate', { name: 'ann', password: 'changed' })).token);
    await again.range({ key: 'a/1' });
    await auth(root, 'UserDelete', { name: 'ann' });
    assert.deepEqual(await failureOf(again.range({ key: 'a/1' })), badToken);
    await auth(root, 'UserAdd', { name: 'ann', password: 'changed' });
    assert.deepEqual(await failureOf(again.range({ key: 'a/1' })), badToken, 'another user of the same name');
    await auth(root, 'AuthDisable');
    await auth(other, 'AuthEnable');
    for (const client of [root, withToken(other, token)]) {
      assert.deepEqual(await failureOf(client.range({ key: 'a/1' })), badToken, 'tokens of the time before');
    }
    await (await as(other, 'root')).range({ key: 'a/1' });
  });

  test(`${driver.name}: users, permissions and tokens survive a crash`, async (context) => {
    const { server, client } = await ownServer(context, { driver, arguments: cheap });
    await addUser(client, 'ann', { permType: 'READ', ...under });
    const root = await enableAuth(client);
    const token = await tokenOf(client, 'ann');
    const revision = await authRevision(root);
    await server.kill();
    await server.start();
    root.reconnect();
    assert.equal(await authRevision(root), revision);
    const ann = new EtcdClient(client.address, { token });
    await ann.range({ key: 'a/1' });
    assert.deepEqual(await failureOf(ann.put({ key: 'a/1' })), denied);
    client.reconnect();
    assert.deepEqual(await failureOf(client.range({ key: 'a/1' })), nobody);
    ann.close();
    root.close();
  });
}
