import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addUser, auth, clientOf, enableAuth } from '../../support/auth.ts';
import { DRIVERS, failureOf, ownServer, TINE_DRIVERS, waitFor, withPrefix } from '../../support/index.ts';

const denied = { code: 'UNKNOWN', details: 'etcdserver: permission denied' };
const nobody = { code: 'UNKNOWN', details: 'etcdserver: user name is empty' };

for (const driver of DRIVERS) {
  test(`${driver.name}: lock, unlock and campaign need permissions for the keys that they read and write`, async (context) => {
    const { server, client } = await ownServer(context, { driver });
    await addUser(client, 'member', { permType: 'READWRITE', key: 'l/', range_end: 'l0' });
    await addUser(client, 'reader', { permType: 'READ', key: 'l/', range_end: 'l0' });
    await addUser(client, 'narrow', { permType: 'READWRITE', key: 'l/1' });
    for (const ID of [1, 2]) await client.leaseGrant({ TTL: 60, ID });
    const root = await enableAuth(client);
    const [member, reader, narrow] = await Promise.all([
      clientOf(server.address, 'member'),
      clientOf(server.address, 'reader'),
      clientOf(server.address, 'narrow'),
    ]);
    context.after(() => {
      for (const each of [root, member, reader, narrow]) each.close();
    });
    const before = (await root.range({ key: 'l/1' })).header.revision;
    assert.deepEqual(await failureOf(client.lock({ name: 'l', lease: 1 })), nobody);
    assert.deepEqual(await failureOf(reader.lock({ name: 'l', lease: 1 })), denied);
    assert.deepEqual(await failureOf(narrow.lock({ name: 'l', lease: 1 })), denied, 'it may not see who is before it');
    assert.equal((await root.range({ key: 'l/1' })).header.revision, before, 'nothing was written');
    assert.deepEqual(await failureOf(member.lock({ name: 'other', lease: 1 })), denied);
    const { key } = await member.lock({ name: 'l', lease: 1 });
    assert.deepEqual(await failureOf(reader.unlock({ key })), denied);
    await member.unlock({ key });
    const { leader } = await member.campaign({ name: 'l', lease: 1, value: 'x' });
    assert.equal((await reader.leader({ name: 'l' })).kv.value.toString(), 'x');
    assert.deepEqual(await failureOf(reader.proclaim({ leader, value: 'y' })), denied);
    assert.deepEqual(await failureOf(reader.resign({ leader })), denied);
    assert.deepEqual(await failureOf(client.leader({ name: 'l' })), nobody);
    await root.lock({ name: 'anything', lease: 2 });
  });
}

for (const driver of TINE_DRIVERS) {
  test(`${driver.name}: with auth enabled, a cancelled call leaves no key, and revoking a permission ends a waiting call`, async (context) => {
    const { server, client } = await ownServer(context, { driver });
    await addUser(client, 'member', { permType: 'READWRITE', key: 'l/', range_end: 'l0' });
    for (const ID of [1, 2, 3]) await client.leaseGrant({ TTL: 60, ID });
    const root = await enableAuth(client);
    const member = await clientOf(server.address, 'member');
    context.after(() => {
      root.close();
      member.close();
    });
    const keysAre = (count: number) =>
      waitFor(`${count} keys`, async () => (await root.range(withPrefix('l/'))).count === count);
    await root.lock({ name: 'l', lease: 1 });
    const abort = new AbortController();
    const impatient = failureOf(member.lock({ name: 'l', lease: 2 }, { signal: abort.signal }));
    await keysAre(2);
    abort.abort();
    await impatient;
    await keysAre(1);
    const waiting = failureOf(member.lock({ name: 'l', lease: 3 }));
    await keysAre(2);
    await auth(root, 'UserRevokeRole', { name: 'member', role: 'role-of-member' });
    await root.unlock({ key: 'l/1' });
    assert.deepEqual(await waiting, denied);
    await keysAre(0);
  });
}
