import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DRIVERS, failureOf, ownServer, sleep, suite, TINE_DRIVERS, waitFor, withPrefix } from '../../support/index.ts';

const notLeader = { code: 'UNKNOWN', details: 'election: not leader' };
const noLeader = { code: 'UNKNOWN', details: 'election: no leader' };
const leaderMissing = { code: 'UNKNOWN', details: '"leader" field must be provided' };

for (const driver of DRIVERS) {
  const shared = suite(driver);

  async function lease(): Promise<bigint> {
    return (await shared.client.leaseGrant({ TTL: 60 })).ID;
  }

  async function standing(name: string, count: number): Promise<void> {
    await waitFor(`${count} candidates of ${name}`, async () => {
      return (await shared.client.range({ ...withPrefix(`${name}/`), count_only: true })).count === count;
    });
  }

  test(`${driver.name}: a single candidate becomes leader, with its value in the key NAME/LEASE`, async () => {
    const name = shared.prefix();
    const id = await lease();
    const { header, leader } = await shared.client.campaign({ name, lease: id, value: 'me' });
    assert.equal(leader.name.toString(), name);
    assert.equal(leader.key.toString(), `${name}/${id.toString(16)}`);
    assert.equal(leader.lease, id);
    assert.equal(leader.rev, header.revision);
    const found = await shared.client.leader({ name });
    assert.deepEqual(found.kv.key, leader.key);
    assert.equal(found.kv.value.toString(), 'me');
    assert.equal(found.kv.lease, id);
    assert.equal(found.kv.create_revision, leader.rev);
  });

  test(`${driver.name}: a campaign without a lease gets a lease of 60 seconds`, async () => {
    const name = shared.prefix();
    const { leader } = await shared.client.campaign({ name, value: 'me' });
    assert.equal(leader.key.toString(), `${name}/${leader.lease.toString(16)}`);
    assert.equal((await shared.client.leaseTimeToLive({ ID: leader.lease })).grantedTTL, 60);
  });

  test(`${driver.name}: an election without candidates has no leader`, async () => {
    assert.deepEqual(await failureOf(shared.client.leader({ name: shared.prefix() })), noLeader);
  });

  test(`${driver.name}: campaign and proclaim with an unknown lease are refused`, async () => {
    const name = shared.prefix();
    const unknown = { code: 'UNKNOWN', details: 'etcdserver: requested lease not found' };
    assert.deepEqual(await failureOf(shared.client.campaign({ name, lease: 4_711n, value: 'me' })), unknown);
    const { leader } = await shared.client.campaign({ name, lease: await lease(), value: 'me' });
    assert.deepEqual(
      await failureOf(shared.client.proclaim({ leader: { ...leader, lease: 4_711n }, value: 'x' })),
      unknown,
    );
  });

  test(`${driver.name}: candidates become leader in the order of their campaigns, each after the resignation of the one before`, async () => {
    const name = shared.prefix();
    const leases = [await lease(), await lease(), await lease()];
    const won: string[] = [];
    const leaders: Parameters<typeof shared.client.resign>[0]['leader'][] = [];
    const campaigns: Promise<unknown>[] = [];
    for (const [index, id] of leases.entries()) {
      const value = `candidate ${index}`;
      campaigns.push(
        shared.client.campaign({ name, lease: id, value }).then(({ leader }) => {
          won.push(value);
          leaders.push(leader);
        }),
      );
      await standing(name, index + 1);
    }
    for (let index = 0; index < leases.length; index += 1) {
      await waitFor(`leader ${index}`, () => won.length === index + 1);
      assert.equal((await shared.client.leader({ name })).kv.value.toString(), `candidate ${index}`);
      await shared.client.resign({ leader: leaders[index] ?? {} });
    }
    await Promise.all(campaigns);
    assert.deepEqual(won, ['candidate 0', 'candidate 1', 'candidate 2']);
    assert.deepEqual(await failureOf(shared.client.leader({ name })), noLeader);
  });

  test(`${driver.name}: the reply to a campaign has the revision at which the candidate entered, however long it waited`, async () => {
    const name = shared.prefix();
    const first = await shared.client.campaign({ name, lease: await lease(), value: '1' });
    const waiting = shared.client.campaign({ name, lease: await lease(), value: '2' });
    await standing(name, 2);
    await shared.client.put({ key: `${name}-other` });
    await shared.client.resign({ leader: first.leader });
    const { header, leader } = await waiting;
    assert.equal(header.revision, leader.rev);
  });

  test(`${driver.name}: a second campaign of the same candidate changes its value and keeps its place in the queue`, async () => {
    const name = shared.prefix();
    const id = await lease();
    const first = await shared.client.campaign({ name, lease: id, value: '1' });
    const again = await shared.client.campaign({ name, lease: id, value: '1' });
    assert.equal(again.header.revision, first.header.revision, 'nothing was written');
    const changed = await shared.client.campaign({ name, lease: id, value: '2' });
    assert.deepEqual(changed.leader, first.leader);
    const { kv } = await shared.client.leader({ name });
    assert.equal(kv.value.toString(), '2');
    assert.equal(kv.version, 2);
  });

  test(`${driver.name}: a leader can proclaim a value; a former leader cannot`, async () => {
    const name = shared.prefix();
    const { leader } = await shared.client.campaign({ name, lease: await lease(), value: '1' });
    const { header } = await shared.client.proclaim({ leader, value: '2' });
    const { kv } = await shared.client.leader({ name });
    assert.equal(kv.value.toString(), '2');
    assert.equal(kv.mod_revision, header.revision);
    assert.equal(kv.create_revision, leader.rev);
    assert.deepEqual(
      await failureOf(shared.client.proclaim({ leader: { ...leader, rev: leader.rev - 1 }, value: '3' })),
      notLeader,
    );
    await shared.client.resign({ leader });
    assert.deepEqual(await failureOf(shared.client.proclaim({ leader, value: '3' })), notLeader);
  });

  test(`${driver.name}: a proclamation without a lease attaches the key to a new lease`, async () => {
    const name = shared.prefix();
    const { leader } = await shared.client.campaign({ name, lease: await lease(), value: '1' });
    await shared.client.proclaim({ leader: { ...leader, lease: 0n }, value: '2' });
    const { kv } = await shared.client.leader({ name });
    assert.ok(kv.lease !== 0n && kv.lease !== leader.lease);
    assert.equal((await shared.client.leaseTimeToLive({ ID: kv.lease })).grantedTTL, 60);
  });

  test(`${driver.name}: resigning twice is not an error and does not affect a later term`, async () => {
    const name = shared.prefix();
    const id = await lease();
    const { leader } = await shared.client.campaign({ name, lease: id, value: '1' });
    const { header } = await shared.client.resign({ leader });
    assert.equal((await shared.client.resign({ leader })).header.revision, header.revision);
    await shared.client.campaign({ name, lease: id, value: '2' });
    await shared.client.resign({ leader });
    assert.equal((await shared.client.leader({ name })).kv.value.toString(), '2', 'another term of the same candidate');
  });

  test(`${driver.name}: proclaim and resign without a leader are refused`, async () => {
    const emptyKey = { code: 'UNKNOWN', details: 'etcdserver: key is not provided' };
    assert.deepEqual(await failureOf(shared.client.proclaim({ value: 'x' })), leaderMissing);
    assert.deepEqual(await failureOf(shared.client.resign({})), leaderMissing);
    assert.deepEqual(await failureOf(shared.client.proclaim({ leader: {}, value: 'x' })), emptyKey);
    assert.deepEqual(await failureOf(shared.client.resign({ leader: {} })), emptyKey);
  });

  test(`${driver.name}: a candidate that cancels its campaign leaves the election`, async () => {
    const name = shared.prefix();
    const { leader } = await shared.client.campaign({ name, lease: await lease(), value: '1' });
    const abort = new AbortController();
    const waiting = failureOf(
      shared.client.campaign({ name, lease: await lease(), value: '2' }, { signal: abort.signal }),
    );
    await standing(name, 2);
    abort.abort();
    assert.equal((await waiting).code, 'CANCELLED');
    await standing(name, 1);
    await shared.client.resign({ leader });
    assert.deepEqual(await failureOf(shared.client.leader({ name })), noLeader);
  });

  test(`${driver.name}: when the leader's lease expires, the next candidate becomes leader`, async () => {
    const name = shared.prefix();
    const { ID } = await shared.client.leaseGrant({ TTL: 2 });
    await shared.client.campaign({ name, lease: ID, value: '1' });
    const { leader } = await shared.client.campaign({ name, lease: await lease(), value: '2' });
    assert.deepEqual((await shared.client.leader({ name })).kv.key, leader.key);
  });

  test(`${driver.name}: an observer receives the leader, its proclamations and its successors`, async () => {
    const name = shared.prefix();
    const observer = shared.client.observe(name);
    await sleep(200);
    const first = await shared.client.campaign({ name, lease: await lease(), value: '1' });
    const seen = await observer.next();
    assert.equal(seen.header.revision, first.leader.rev);
    assert.equal(seen.kv.value.toString(), '1');
    assert.deepEqual(seen.kv.key, first.leader.key);
    const next = shared.client.campaign({ name, lease: await lease(), value: '2' });
    await standing(name, 2);
    const proclaimed = await shared.client.proclaim({ leader: first.leader, value: '1b' });
    const proclamation = await observer.next();
    assert.equal(proclamation.kv.value.toString(), '1b');
    assert.equal(proclamation.kv.mod_revision, proclaimed.header.revision);
    await shared.client.resign({ leader: first.leader });
    assert.equal((await observer.next()).kv.value.toString(), '2');
    await shared.client.resign({ leader: (await next).leader });
    await sleep(100);
    await shared.client.campaign({ name, lease: await lease(), value: '3' });
    assert.equal((await observer.next()).kv.value.toString(), '3');
    assert.deepEqual(observer.waiting, []);
    observer.close();
  });

  test(`${driver.name}: an observer that starts later receives the current leader at once`, async () => {
    const name = shared.prefix();
    const { leader } = await shared.client.campaign({ name, lease: await lease(), value: '1' });
    const observer = shared.client.observe(name);
    const { kv } = await observer.next();
    assert.deepEqual(kv.key, leader.key);
    assert.equal(kv.create_revision, leader.rev);
    observer.close();
  });

  test(`${driver.name}: an observer that reads slowly receives the last proclamation in the end`, async () => {
    const name = shared.prefix();
    const { leader } = await shared.client.campaign({ name, lease: await lease(), value: '1' });
    const observer = shared.client.observe(name);
    await observer.next();
    observer.pause();
    const value = Buffer.alloc(100_000);
    for (let count = 0; count < 60; count += 1) {
      value.writeUInt32BE(count);
      await shared.client.proclaim({ leader, value });
    }
    observer.resume();
    const isLast = ({ kv }: { kv: { value: Buffer } }) => kv.value.readUInt32BE() === 59;
    const numbers = (await observer.until(isLast)).map(({ kv }) => kv.value.readUInt32BE());
    assert.deepEqual(
      numbers,
      numbers.toSorted((a, b) => a - b),
    );
    observer.close();
  });
}

for (const driver of TINE_DRIVERS) {
  test(`${driver.name}: a candidate whose key is deleted while it waits does not become leader`, async (context) => {
    const { client } = await ownServer(context, { driver });
    for (const ID of [1, 2]) await client.leaseGrant({ TTL: 60, ID });
    await client.campaign({ name: 'e', lease: 1, value: '1' });
    const waiting = failureOf(client.campaign({ name: 'e', lease: 2, value: '2' }));
    await waitFor('it to stand', async () => (await client.range({ key: 'e/2' })).count === 1);
    await client.leaseRevoke({ ID: 2 });
    assert.deepEqual(await waiting, notLeader);
  });

  test(`${driver.name}: two instances have one common leader, and observers on both receive each leader in turn`, async (context) => {
    const first = await ownServer(context, { driver });
    const second = await ownServer(context, { driver, dataDirectory: first.server.dataDirectory });
    const clients = [first.client, second.client];
    const observers = clients.map((client) => client.observe('e'));
    let leaders = 0;
    await Promise.all(
      [1, 2, 3, 4, 5, 6].map(async (ID) => {
        const client = clients[ID % 2] as typeof first.client;
        await client.leaseGrant({ TTL: 60, ID });
        const { leader } = await client.campaign({ name: 'e', lease: ID, value: `${ID}` });
        leaders += 1;
        assert.equal(leaders, 1);
        for (const observer of observers) await observer.take(({ kv }) => kv.lease === BigInt(ID));
        leaders -= 1;
        await client.resign({ leader });
      }),
    );
    for (const observer of observers) observer.close();
  });

  test(`${driver.name}: an observation continues across compactions`, async (context) => {
    const { client } = await ownServer(context, { driver });
    const observer = client.observe('e');
    await sleep(100);
    const { revision } = (await client.put({ key: 'other' })).header;
    await client.compact({ revision, physical: true });
    const { leader } = await client.campaign({ name: 'e', value: '1' });
    assert.equal((await observer.next()).kv.value.toString(), '1');
    const later = (await client.put({ key: 'other' })).header;
    await client.compact({ revision: later.revision, physical: true });
    await client.proclaim({ leader, value: '2' });
    assert.equal((await observer.next()).kv.value.toString(), '2');
    observer.close();
  });

  test(`${driver.name}: a server that stops ends its observations and campaigns`, async (context) => {
    const { server, client } = await ownServer(context, { driver });
    await client.campaign({ name: 'e', value: '1' });
    const waiting = failureOf(client.campaign({ name: 'e', value: '2' }));
    const observer = client.observe('e');
    await observer.next();
    await waitFor('it to stand', async () => (await client.range(withPrefix('e/'))).count === 2);
    await server.stop();
    const stopped = { code: 'UNAVAILABLE', details: 'etcdserver: server stopped' };
    assert.deepEqual(await waiting, stopped);
    assert.equal((await observer.ended())?.details, stopped.details);
  });
}
