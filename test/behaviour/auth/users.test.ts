import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addUser, auth, authRevision, clientOf, enableAuth, tokenOf } from '../../support/auth.ts';
import { DRIVERS, EtcdClient, failureOf, ownServer } from '../../support/index.ts';

/** The lowest bcrypt cost: tests need no strong hashes. */
const cheap = ['--bcrypt-cost', '4'];

const details = {
  userNotFound: 'etcdserver: user name not found',
  roleNotFound: 'etcdserver: role name not found',
  permissionDenied: 'etcdserver: permission denied',
  invalidManagement: 'etcdserver: invalid auth management',
  failed: 'etcdserver: authentication failed, invalid user ID or password',
};

for (const driver of DRIVERS) {
  test(`${driver.name}: users can be added, listed in byte order, read and deleted`, async (context) => {
    const { client } = await ownServer(context, { driver, arguments: cheap });
    const { revision } = (await client.put({ key: 'k' })).header;
    for (const name of ['bob', 'ann', 'Ö', 'Zoe', 'z\u0001']) {
      const added = await auth(client, 'UserAdd', { name, password: 'p' });
      assert.equal(added.header.revision, revision, 'a user is no key');
    }
    assert.deepEqual((await auth(client, 'UserList')).users, ['Zoe', 'ann', 'bob', 'z\u0001', 'Ö']);
    assert.deepEqual(await failureOf(auth(client, 'UserAdd', { name: 'bob', password: 'p' })), {
      code: 'FAILED_PRECONDITION',
      details: 'etcdserver: user name already exists',
    });
    assert.deepEqual(await failureOf(auth(client, 'UserAdd', { name: '' })), {
      code: 'INVALID_ARGUMENT',
      details: 'etcdserver: user name is empty',
    });
    assert.deepEqual(await failureOf(auth(client, 'UserAdd', { name: 'x', password: 'p'.repeat(73) })), {
      code: 'UNKNOWN',
      details: 'bcrypt: password length exceeds 72 bytes',
    });
    assert.deepEqual((await auth(client, 'UserGet', { name: 'ann' })).roles, []);
    await auth(client, 'UserDelete', { name: 'ann' });
    for (const method of ['UserGet', 'UserDelete', 'UserChangePassword'] as const) {
      assert.equal((await failureOf(auth(client, method, { name: 'ann' }))).details, details.userNotFound);
    }
    assert.deepEqual((await auth(client, 'UserList')).users, ['Zoe', 'bob', 'z\u0001', 'Ö']);
  });

  test(`${driver.name}: a name that is too long is refused, and authentication with it fails`, async (context) => {
    const { client } = await ownServer(context, { driver, arguments: cheap });
    const tooLong = 'u'.repeat(65_537);
    for (const [method, request] of [
      ['UserAdd', { name: tooLong, password: 'p' }],
      ['RoleAdd', { name: tooLong }],
    ] as const) {
      const { code, details: text } = await failureOf(auth(client, method, request));
      assert.equal(code, 'INVALID_ARGUMENT');
      assert.match(
        text,
        /^etcdserver: name is too long: its stored form has 65537 characters, the limit of the database is \d+;/,
      );
    }
    assert.equal((await failureOf(auth(client, 'UserGet', { name: tooLong }))).details, details.userNotFound);
    assert.equal((await failureOf(auth(client, 'RoleGet', { role: tooLong }))).details, details.roleNotFound);
    await enableAuth(client);
    for (const name of [tooLong, 'u'.repeat(1_900_000)]) {
      const password = 'p'.repeat(100_000);
      assert.equal((await failureOf(auth(client, 'Authenticate', { name, password }))).details, details.failed);
    }
  });

  test(`${driver.name}: roles list their permissions in key order, and a deleted role is removed from its users`, async (context) => {
    const { client } = await ownServer(context, { driver, arguments: cheap });
    await addUser(client, 'ann', { permType: 'READ', key: 'm' });
    const role = 'role-of-ann';
    const grant = (perm: object) => auth(client, 'RoleGrantPermission', { name: role, perm });
    await grant({ permType: 'WRITE', key: 'a', range_end: 'c' });
    await grant({ permType: 'READWRITE', key: 'x', range_end: Buffer.of(0) });
    await grant({ permType: 'READWRITE', key: 'm' });
    const shown = (await auth(client, 'RoleGet', { role })).perm.map(({ permType, key, range_end }) =>
      [permType, key, range_end].map(String),
    );
    assert.deepEqual(shown, [
      ['WRITE', 'a', 'c'],
      ['READWRITE', 'm', ''],
      ['READWRITE', 'x', '\0'],
    ]);
    await auth(client, 'RoleRevokePermission', { role, key: 'a', range_end: 'c' });
    const refusals = [
      [
        () => auth(client, 'RoleRevokePermission', { role, key: 'a' }),
        'FAILED_PRECONDITION',
        'etcdserver: permission is not granted to the role',
      ],
      [
        () => auth(client, 'RoleRevokePermission', { role: 'none', key: 'a' }),
        'FAILED_PRECONDITION',
        details.roleNotFound,
      ],
      [() => grant({ permType: 'READ', key: 'c', range_end: 'a' }), 'INVALID_ARGUMENT', details.invalidManagement],
      [() => grant({ permType: 'READ', key: '' }), 'INVALID_ARGUMENT', details.invalidManagement],
      [
        () => auth(client, 'RoleGrantPermission', { name: role }),
        'INVALID_ARGUMENT',
        'etcdserver: permission not given',
      ],
      [() => auth(client, 'RoleAdd', { name: role }), 'FAILED_PRECONDITION', 'etcdserver: role name already exists'],
      [() => auth(client, 'RoleAdd', { name: '' }), 'INVALID_ARGUMENT', 'etcdserver: role name is empty'],
      [() => auth(client, 'RoleGet', { role: 'none' }), 'FAILED_PRECONDITION', details.roleNotFound],
      [() => auth(client, 'RoleDelete', { role: 'none' }), 'FAILED_PRECONDITION', details.roleNotFound],
      [() => auth(client, 'UserGrantRole', { user: 'ann', role: 'none' }), 'FAILED_PRECONDITION', details.roleNotFound],
      [() => auth(client, 'UserGrantRole', { user: 'none', role }), 'FAILED_PRECONDITION', details.userNotFound],
      [
        () => auth(client, 'UserRevokeRole', { name: 'ann', role: 'none' }),
        'FAILED_PRECONDITION',
        'etcdserver: role is not granted to the user',
      ],
      [() => auth(client, 'UserRevokeRole', { name: 'none', role }), 'FAILED_PRECONDITION', details.userNotFound],
    ] as const;
    for (const [call, code, text] of refusals) assert.deepEqual(await failureOf(call()), { code, details: text });
    for (const name of ['b', 'a']) {
      await auth(client, 'RoleAdd', { name });
      await auth(client, 'UserGrantRole', { user: 'ann', role: name });
    }
    assert.deepEqual((await auth(client, 'UserGet', { name: 'ann' })).roles, ['a', 'b', role]);
    assert.deepEqual((await auth(client, 'RoleList')).roles, ['a', 'b', role]);
    await auth(client, 'RoleDelete', { role: 'a' });
    assert.deepEqual((await auth(client, 'UserGet', { name: 'ann' })).roles, ['b', role]);
  });

  test(`${driver.name}: the auth revision counts every change except enabling auth`, async (context) => {
    const { client } = await ownServer(context, { driver, arguments: cheap });
    assert.deepEqual([(await auth(client, 'AuthStatus')).enabled, await authRevision(client)], [false, 1]);
    const steps = [
      ['UserAdd', { name: 'root', password: 'root-password' }, 2],
      ['UserAdd', { name: 'cert', options: { no_password: true } }, 3],
      ['RoleAdd', { name: 'r' }, 4],
      ['RoleGrantPermission', { name: 'r', perm: { permType: 'READ', key: 'a' } }, 5],
      ['RoleGrantPermission', { name: 'r', perm: { permType: 'READ', key: 'a' } }, 6],
      ['UserGrantRole', { user: 'cert', role: 'r' }, 7],
      ['UserGrantRole', { user: 'cert', role: 'r' }, 7],
      ['UserChangePassword', { name: 'cert', password: 'p' }, 8],
      ['UserRevokeRole', { name: 'cert', role: 'r' }, 9],
      ['RoleRevokePermission', { role: 'r', key: 'a' }, 10],
      ['RoleDelete', { role: 'r' }, 11],
      ['UserDelete', { name: 'cert' }, 12],
      ['AuthDisable', {}, 12],
      ['UserGrantRole', { user: 'root', role: 'root' }, 13],
      ['AuthEnable', {}, 13],
    ] as const;
    for (const [method, request, revision] of steps) {
      await auth(client, method, request);
      assert.equal(await authRevision(client), revision, method);
    }
    const root = await clientOf(client.address, 'root');
    await auth(root, 'AuthEnable');
    assert.equal(await authRevision(root), 13);
    await auth(root, 'AuthDisable');
    assert.deepEqual([(await auth(client, 'AuthStatus')).enabled, await authRevision(client)], [false, 14]);
    root.close();
  });

  test(`${driver.name}: auth can be enabled only when user root has role root; after that, both cannot be deleted`, async (context) => {
    const { client } = await ownServer(context, { driver, arguments: cheap });
    assert.equal((await failureOf(tokenOf(client, 'root'))).details, 'etcdserver: authentication is not enabled');
    assert.deepEqual(await failureOf(auth(client, 'AuthEnable')), {
      code: 'FAILED_PRECONDITION',
      details: 'etcdserver: root user does not exist',
    });
    await auth(client, 'UserAdd', { name: 'root', password: 'root-password' });
    assert.deepEqual(await failureOf(auth(client, 'AuthEnable')), {
      code: 'FAILED_PRECONDITION',
      details: 'etcdserver: root user does not have root role',
    });
    await auth(client, 'UserGrantRole', { user: 'root', role: 'root' });
    await auth(client, 'RoleAdd', { name: 'root' });
    await auth(client, 'AuthEnable');
    const root = await clientOf(client.address, 'root');
    const [permission] = (await auth(root, 'RoleGet', { role: 'root' })).perm;
    assert.deepEqual(
      [permission?.permType, String(permission?.key), String(permission?.range_end)],
      ['READWRITE', '', '\0'],
    );
    for (const call of [
      () => auth(root, 'UserDelete', { name: 'root' }),
      () => auth(root, 'RoleDelete', { role: 'root' }),
      () => auth(root, 'UserRevokeRole', { name: 'root', role: 'root' }),
    ]) {
      assert.deepEqual(await failureOf(call()), { code: 'INVALID_ARGUMENT', details: details.invalidManagement });
    }
    await auth(root, 'AuthDisable');
    await auth(client, 'UserDelete', { name: 'root' });
    root.close();
  });

  test(`${driver.name}: only the root role can change users and roles; other users can read themselves and their own roles`, async (context) => {
    const { client } = await ownServer(context, { driver, arguments: cheap });
    await addUser(client, 'ann', { permType: 'READ', key: 'a' });
    await addUser(client, 'bob');
    const root = await enableAuth(client);
    const ann = await clientOf(client.address, 'ann');
    assert.deepEqual((await auth(ann, 'UserGet', { name: 'ann' })).roles, ['role-of-ann']);
    assert.equal((await auth(ann, 'RoleGet', { role: 'role-of-ann' })).perm.length, 1);
    assert.equal((await auth(ann, 'AuthStatus')).enabled, true);
    assert.equal((await auth(client, 'AuthStatus')).enabled, true);
    const forRoot = [
      ['UserGet', { name: 'bob' }],
      ['RoleGet', { role: 'role-of-bob' }],
      ['UserAdd', { name: 'eve', password: 'p' }],
      ['UserDelete', { name: 'bob' }],
      ['UserChangePassword', { name: 'ann', password: 'p' }],
      ['UserGrantRole', { user: 'ann', role: 'root' }],
      ['UserRevokeRole', { name: 'ann', role: 'role-of-ann' }],
      ['UserList', {}],
      ['RoleList', {}],
      ['RoleAdd', { name: 'r' }],
      ['RoleDelete', { role: 'role-of-bob' }],
      ['RoleGrantPermission', { name: 'role-of-ann', perm: { permType: 'READWRITE', key: 'z' } }],
      ['RoleRevokePermission', { role: 'role-of-ann', key: 'a' }],
      ['AuthEnable', {}],
      ['AuthDisable', {}],
    ] as const;
    for (const [method, request] of forRoot) {
      assert.deepEqual(
        await failureOf(auth(ann, method, request)),
        { code: 'PERMISSION_DENIED', details: details.permissionDenied },
        method,
      );
      assert.deepEqual(
        await failureOf(auth(client, method, request)),
        { code: 'INVALID_ARGUMENT', details: 'etcdserver: user name is empty' },
        method,
      );
    }
    root.close();
    ann.close();
  });

  test(`${driver.name}: a wrong password and an unknown user give the same error; a user without a password cannot log in with one`, async (context) => {
    const { client } = await ownServer(context, { driver, arguments: cheap });
    await addUser(client, 'ann');
    await auth(client, 'UserAdd', { name: 'cert', password: 'ignored', options: { no_password: true } });
    const root = await enableAuth(client);
    const failed = { code: 'INVALID_ARGUMENT', details: details.failed };
    assert.deepEqual(await failureOf(tokenOf(client, 'ann', 'wrong')), failed);
    assert.deepEqual(await failureOf(tokenOf(client, 'ann', '')), failed);
    assert.deepEqual(await failureOf(tokenOf(client, 'nobody')), failed);
    assert.deepEqual(await failureOf(tokenOf(client, '')), failed);
    const passwordless = {
      code: 'UNKNOWN',
      details: 'auth: authentication failed, password was given for no password user',
    };
    assert.deepEqual(await failureOf(tokenOf(client, 'cert', 'ignored')), passwordless);
    await auth(root, 'UserChangePassword', { name: 'cert', password: 'p' });
    assert.deepEqual(await failureOf(tokenOf(client, 'cert', 'p')), passwordless);
    root.close();
  });

  test(`${driver.name}: a password can be changed as plain text or as a hash`, async (context) => {
    const { client } = await ownServer(context, { driver, arguments: cheap });
    await addUser(client, 'ann');
    const root = await enableAuth(client);
    await auth(root, 'UserChangePassword', { name: 'ann', password: 'another' });
    assert.equal((await failureOf(tokenOf(client, 'ann'))).details, details.failed);
    await tokenOf(client, 'ann', 'another');
    // The bcrypt hash of "secret" with cost 4.
    const hash = '$2a$04$r1UYmEWLgv3ZPiH1sM6C6.rO3Oyu/yYnERIlxaAVbywbTjh.Wai8C';
    await auth(root, 'UserChangePassword', { name: 'ann', hashedPassword: Buffer.from(hash).toString('base64') });
    await tokenOf(client, 'ann', 'secret');
    assert.equal((await failureOf(tokenOf(client, 'ann', 'another'))).details, details.failed);
    assert.deepEqual(await failureOf(auth(root, 'UserChangePassword', { name: 'ann', hashedPassword: 'no base64!' })), {
      code: 'UNKNOWN',
      details: 'auth: authentication failed, password was given for no password user',
    });
    await auth(root, 'UserChangePassword', { name: 'ann' });
    assert.equal((await failureOf(tokenOf(client, 'ann', ''))).details, details.failed);
    // As `base64` of coreutils wraps it. Go's decoder ignores line ends.
    const wrapped = Buffer.from(hash).toString('base64').replace(/.{76}/g, '$&\n');
    await auth(root, 'UserChangePassword', { name: 'ann', hashedPassword: `${wrapped}\r\n` });
    await tokenOf(client, 'ann', 'secret');
    for (const hashedPassword of ['YQ', 'YQ=', 'Y', 'YQ-_', 'YQ==YQ==', 'YQ= =', '=']) {
      const call = auth(root, 'UserChangePassword', { name: 'ann', hashedPassword });
      assert.equal((await failureOf(call)).code, 'UNKNOWN', hashedPassword);
    }
    root.close();
  });

  test(`${driver.name}: a long new password is refused before its caller is checked`, async (context) => {
    const { client } = await ownServer(context, { driver, arguments: cheap });
    await addUser(client, 'ann');
    const root = await enableAuth(client);
    const ann = await clientOf(client.address, 'ann');
    const invalid = new EtcdClient(client.address, { token: 'nobody.1' });
    for (const caller of [ann, client, invalid]) {
      for (const method of ['UserAdd', 'UserChangePassword'] as const) {
        assert.deepEqual(await failureOf(auth(caller, method, { name: 'x', password: 'p'.repeat(73) })), {
          code: 'UNKNOWN',
          details: 'bcrypt: password length exceeds 72 bytes',
        });
        assert.notEqual(
          (await failureOf(auth(caller, method, { name: 'x', password: 'p'.repeat(72) }))).code,
          'UNKNOWN',
        );
      }
    }
    for (const each of [root, ann, invalid]) each.close();
  });
}
