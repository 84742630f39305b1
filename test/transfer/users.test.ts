import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addUser, auth, authRevision, clientOf, enableAuth, tokenOf } from '../support/auth.ts';
import { type EtcdClient, failureOf, runTine, TINE_DRIVERS } from '../support/index.ts';
import { serving, type TestDatabase, testDatabase, tine } from './databases.ts';

const cheap = { arguments: ['--bcrypt-cost', '4'] };

/**
 * A database whose auth is enabled, with the user ann, who may read a. Returns a token of ann and
 * the revision of auth.
 */
function withUsers(database: TestDatabase): Promise<{ token: string; revision: number }> {
  return serving(
    database,
    async (client) => {
      await client.put({ key: 'a', value: '1' });
      await addUser(client, 'ann', { permType: 'READ', key: 'a' });
      await auth(client, 'UserAdd', { name: 'Ö\u0001', options: { no_password: true } });
      const root = await enableAuth(client);
      root.close();
      return { token: await tokenOf(client, 'ann'), revision: await authRevision(client) };
    },
    cheap,
  );
}

async function looksAsBefore(client: EtcdClient, revision: number): Promise<void> {
  assert.equal(await authRevision(client), revision);
  assert.equal((await failureOf(client.range({ key: 'a' }))).details, 'etcdserver: user name is empty');
  const [ann, root] = [await clientOf(client.address, 'ann'), await clientOf(client.address, 'root')];
  assert.equal(String((await ann.range({ key: 'a' })).kvs[0]?.value), '1');
  assert.equal((await failureOf(ann.put({ key: 'a' }))).code, 'PERMISSION_DENIED');
  assert.deepEqual((await auth(root, 'UserList')).users, ['ann', 'root', 'Ö\u0001']);
  assert.deepEqual((await auth(root, 'RoleList')).roles, ['role-of-ann']);
  ann.close();
  root.close();
}

for (const [index, from] of TINE_DRIVERS.entries()) {
  const to = TINE_DRIVERS[(index + 1) % TINE_DRIVERS.length] ?? from;

  test(`${from.name} to ${to.name}: users, roles and the auth revision are copied, and auth stays enabled`, async (context) => {
    const [source, target] = [await testDatabase(context, from), await testDatabase(context, to)];
    const { revision } = await withUsers(source);
    const { status, stderr } = runTine(['copy', '--from', source.endpoint, '--to', target.endpoint]);
    assert.equal(status, 0, stderr);
    await serving(target, (client) => looksAsBefore(client, revision), cheap);
  });

  test(`${from.name}: a copy over existing users is refused`, async (context) => {
    const [source, target] = [await testDatabase(context, from), await testDatabase(context, from)];
    await serving(source, (client) => client.put({ key: 'a' }));
    await serving(target, (client) => auth(client, 'UserAdd', { name: 'ann', password: 'p' }), cheap);
    const { status, stderr } = runTine(['copy', '--from', source.endpoint, '--to', target.endpoint]);
    assert.equal(status, 1);
    assert.match(stderr, /it has 1 user; give an empty database/);
  });

  test(`${from.name}: a release to kine drops users and roles and reports it`, async (context) => {
    const database = await testDatabase(context, from);
    await withUsers(database);
    assert.deepEqual(tine('check', database).status, 0);
    const { status, stdout } = tine('release', database);
    assert.equal(status, 0);
    assert.match(
      stdout,
      /users and roles lost, which kine does not have: 3 and 1; authentication was on until now, and kine accepts every client that can connect\n/,
    );
    await serving(database, async (client) => {
      assert.equal((await client.range({ key: 'a' })).count, 1);
      assert.deepEqual((await auth(client, 'UserList')).users, []);
      assert.equal(await authRevision(client), 1);
    });
  });
}
