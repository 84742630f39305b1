import assert from 'node:assert/strict';
import { test } from 'node:test';
import { etcdctl } from '../../support/etcdctl.ts';
import { DRIVERS, type EtcdClient, failureOf, ownServer, suite, TINE_DRIVERS, waitFor } from '../../support/index.ts';

const memberNotFound = { code: 'NOT_FOUND', details: 'etcdserver: member not found' };

async function leaderOf(client: EtcdClient): Promise<bigint> {
  return (await client.status({})).leader;
}

for (const driver of DRIVERS) {
  const shared = suite(driver);

  test(`${driver.name}: remove, update and promote of an unknown member are refused`, async () => {
    const { client } = shared;
    for (const ID of [5n, 2n ** 64n - 1n]) {
      assert.deepEqual(await failureOf(client.memberRemove({ ID })), memberNotFound);
      assert.deepEqual(await failureOf(client.memberUpdate({ ID, peerURLs: ['http://127.0.0.1:1'] })), memberNotFound);
      assert.deepEqual(await failureOf(client.memberPromote({ ID })), memberNotFound);
    }
  });

  test(`${driver.name}: the only member cannot be removed or promoted`, async () => {
    const { client } = shared;
    const { members } = await client.memberList({ linearizable: true });
    const [{ ID, peerURLs, isLearner }] = members as [(typeof members)[number]];
    assert.equal(isLearner, false);
    assert.ok(peerURLs.length > 0, 'clients read the first one');
    await failureOf(client.memberRemove({ ID }));
    assert.deepEqual(await failureOf(client.memberPromote({ ID })), {
      code: 'FAILED_PRECONDITION',
      details: 'etcdserver: can only promote a learner member',
    });
    assert.deepEqual((await client.memberUpdate({ ID, peerURLs })).members, members, 'to what it is');
    assert.deepEqual((await client.memberList({})).members, members);
    assert.equal((await client.memberList({})).header.revision, 0);
  });

  test(`${driver.name}: a member with invalid URLs or URLs of another member is refused`, async () => {
    const { client } = shared;
    const [member] = (await client.memberList({ linearizable: true })).members;
    for (const peerURLs of [[], ['htp://x:1'], ['http://x'], ['http://x:1/path'], ['http://x:1', 'x:2']]) {
      assert.deepEqual(
        await failureOf(client.memberAdd({ peerURLs })),
        { code: 'INVALID_ARGUMENT', details: 'etcdserver: given member URLs are invalid' },
        peerURLs.join(),
      );
    }
    assert.deepEqual(await failureOf(client.memberAdd({ peerURLs: member?.peerURLs ?? [] })), {
      code: 'FAILED_PRECONDITION',
      details: 'etcdserver: Peer URLs already exists',
    });
  });

  test(`${driver.name}: the leader can move leadership to itself but not to an unknown member`, async () => {
    const { client } = shared;
    const leader = await leaderOf(client);
    await client.moveLeader({ targetID: leader });
    assert.equal(await leaderOf(client), leader);
    assert.deepEqual(await failureOf(client.moveLeader({ targetID: 5 })), {
      code: 'FAILED_PRECONDITION',
      details: 'etcdserver: bad leader transferee',
    });
  });

  test(`${driver.name}: a downgrade is valid only to the previous minor version, in the right format`, async () => {
    const { client } = shared;
    const { version } = await client.status({});
    const [major, minor] = version.split('.').map(Number) as [number, number];
    const current = `${major}.${minor}`;
    const previous = `${major}.${minor - 1}`;
    for (const before of [previous, `${previous}.9`, `${previous}.0-rc.1+b.2`, `${previous}.0-`, `${previous}.0+`]) {
      assert.equal((await client.downgrade({ action: 'VALIDATE', version: before })).version, current);
    }
    for (const action of ['VALIDATE', 'ENABLE']) {
      for (const other of [
        current,
        `${major}.${minor - 2}.0`,
        `${major}.${minor + 1}.0`,
        `${major - 1}.${minor - 1}.0`,
      ]) {
        assert.deepEqual(await failureOf(client.downgrade({ action, version: other })), {
          code: 'INVALID_ARGUMENT',
          details: 'etcdserver: invalid downgrade target version',
        });
      }
      const beyond64Bits = [`${2n ** 63n}.6.0`, `${previous}.${2n ** 63n}`, `${10n ** 20n}.6.0`];
      for (const text of ['', 'x', '3', '3.6.0.1', 'v3.6.0', '-1.6.0', `${previous}.0-rc..1`, ...beyond64Bits]) {
        assert.deepEqual(
          await failureOf(client.downgrade({ action, version: text })),
          { code: 'INVALID_ARGUMENT', details: 'etcdserver: wrong downgrade target version format' },
          text,
        );
      }
    }
    assert.equal((await client.downgrade({ action: 'CANCEL' })).version, current);
    assert.deepEqual(await failureOf(client.downgrade({ action: 9 })), {
      code: 'UNKNOWN',
      details: 'etcdserver: unknown method',
    });
  });
}

for (const driver of TINE_DRIVERS) {
  const shared = suite(driver);

  test(`${driver.name}: calls that do not apply to tine are refused with advice`, async () => {
    const { client } = shared;
    const { ID } = (await client.memberList({})).members[0] as { ID: bigint };
    const version = '3.6.0';
    for (const [call, words] of [
      [() => client.memberAdd({ peerURLs: ['http://127.0.0.1:1'] }), /starts on the same database/],
      [() => client.memberAdd({ peerURLs: ['http://127.0.0.1:1'], isLearner: true }), /starts on the same database/],
      [() => client.memberUpdate({ ID, peerURLs: ['http://127.0.0.1:1'] }), /--advertise-client-urls/],
      [() => client.memberRemove({ ID }), /SIGTERM stops it and removes the member/],
      [() => client.downgrade({ action: 'ENABLE', version }), /--emulated-etcd-version/],
    ] as const) {
      const { code, details } = await failureOf(call());
      assert.equal(code, 'FAILED_PRECONDITION');
      assert.match(details, words);
    }
    assert.equal((await client.memberList({ linearizable: true })).members.length, 1);
  });

  test(`${driver.name}: the cluster id belongs to the database, whatever address an instance uses for it`, async (context) => {
    const first = await ownServer(context, { driver });
    const { dataDirectory } = first.server;
    const endpoint = driver.storageArguments(dataDirectory)[1] ?? '';
    const otherName = driver.isFile
      ? endpoint.replace('/state.db', '/./state.db')
      : endpoint.replace('127.0.0.1', 'localhost');
    assert.notEqual(otherName, endpoint);
    const second = await ownServer(context, { driver, dataDirectory, arguments: ['--endpoint', otherName] });
    const another = await ownServer(context, { driver });
    const idOf = async (client: EtcdClient) => (await client.memberList({})).header.cluster_id;
    const id = await idOf(first.client);
    assert.ok(id > 0n);
    assert.equal(await idOf(second.client), id);
    assert.notEqual(await idOf(another.client), id);
    const { header } = await second.client.put({ key: 'k' });
    assert.equal(header.cluster_id, id);
  });

  test(`${driver.name}: the leading instance can move leadership to another one, and all instances report the same leader`, async (context) => {
    const first = await ownServer(context, { driver, arguments: ['--name', 'first'] });
    const { dataDirectory } = first.server;
    const second = await ownServer(context, { driver, dataDirectory, arguments: ['--name', 'second'] });
    await waitFor(
      'both to be listed',
      async () => (await first.client.memberList({ linearizable: true })).members.length === 2,
    );
    const idOf = async (client: EtcdClient) => (await client.memberList({})).header.member_id;
    const ids = [await idOf(first.client), await idOf(second.client)];
    // Each instance reads the list of members at its own times.
    const sameLeader = async () => {
      const [ofFirst, ofSecond] = [await leaderOf(first.client), await leaderOf(second.client)];
      return ofFirst === ofSecond && ofFirst;
    };
    const leader = await waitFor('one leader', sameLeader, { timeoutMs: 20_000 });
    const [leading, following] = ids[0] === leader ? [first, second] : [second, first];
    const target = await idOf(following.client);
    assert.deepEqual(await failureOf(following.client.moveLeader({ targetID: target })), {
      code: 'FAILED_PRECONDITION',
      details: 'etcdserver: not leader',
    });
    const endpoints = `${first.server.address},${second.server.address}`;
    const moved = await etcdctl(endpoints, ['move-leader', target.toString(16)]);
    assert.equal(
      moved.stdout,
      `Leadership transferred from ${leader.toString(16)} to ${target.toString(16)}\n`,
      moved.stderr,
    );
    for (const { client } of [first, second]) assert.equal(await leaderOf(client), target);
    // A stopped instance is no longer the leader.
    await following.server.stop();
    assert.equal(await leaderOf(leading.client), leader);
  });

  test(`${driver.name}: a killed instance can be removed from the member list once it is silent; a running one cannot`, async (context) => {
    const first = await ownServer(context, { driver, arguments: ['--name', 'first'] });
    const { dataDirectory } = first.server;
    const second = await ownServer(context, { driver, dataDirectory, arguments: ['--name', 'second'] });
    const members = async () => (await first.client.memberList({ linearizable: true })).members;
    await waitFor('both to be listed', async () => (await members()).length === 2);
    const { ID } = (await members()).find(({ name }) => name === 'second') as { ID: bigint };
    const remove = () => etcdctl(first.server.address, ['member', 'remove', ID.toString(16)]);
    assert.match((await remove()).stderr, /etcdserver: the instance is running/);
    await second.server.kill();
    const killedMs = Date.now();
    const isRemoved = () =>
      first.client.memberRemove({ ID }).then(
        () => true,
        () => false,
      );
    await waitFor('it to be silent', isRemoved, { timeoutMs: 20_000, intervalMs: 500 });
    assert.deepEqual(
      (await members()).map(({ name }) => name),
      ['first'],
    );
    assert.ok(Date.now() - killedMs < 20_000, 'before it would have been missed');
    assert.match((await remove()).stderr, /etcdserver: member not found/);
    await second.server.start();
    await waitFor('it to be back', async () => (await members()).length === 2);
  });
}
