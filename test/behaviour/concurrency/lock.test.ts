import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DRIVERS,
  EtcdClient,
  failureOf,
  keysOf,
  ownServer,
  sleep,
  suite,
  TINE_DRIVERS,
  waitFor,
  withPrefix,
} from '../../support/index.ts';
import { onThisMachine } from '../../support/slowness.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';

const expired = { code: 'UNKNOWN', details: 'mutex: session is expired' };

for (const driver of DRIVERS) {
  const shared = suite(driver);

  /** A new lock name and leases for it. */
  async function fresh(leaseCount: number) {
    const name = shared.prefix();
    const granted = await Promise.all(Array.from({ length: leaseCount }, () => shared.client.leaseGrant({ TTL: 60 })));
    const leases = granted.map(({ ID }) => ID);
    return { name, leases, keys: leases.map((lease) => `${name}/${lease.toString(16)}`) };
  }

  /** Waits until the queue of the lock has `count` keys. */
  async function standing(name: string, count: number): Promise<void> {
    await waitFor(`${count} keys of ${name}`, async () => {
      return (await shared.client.range({ ...withPrefix(`${name}/`), count_only: true })).count === count;
    });
  }

  test(`${driver.name}: a lock is the key NAME/LEASE, with the lease in hexadecimal, attached to the lease`, async () => {
    const { name, leases, keys } = await fresh(1);
    const { key, header } = await shared.client.lock({ name, lease: leases[0] as bigint });
    assert.equal(key.toString(), keys[0]);
    const [pair] = (await shared.client.range({ key })).kvs;
    assert.equal(pair?.lease, leases[0]);
    assert.equal(pair?.create_revision, header.revision);
    assert.equal(pair?.value.length, 0);
  });

  test(`${driver.name}: the key of a lock has a negative lease id with its sign`, async () => {
    const name = shared.prefix();
    await shared.client.leaseGrant({ TTL: 60, ID: -5n });
    assert.equal((await shared.client.lock({ name, lease: -5n })).key.toString(), `${name}/-5`);
    await shared.client.leaseRevoke({ ID: -5n });
  });

  test(`${driver.name}: a lock without a lease gets a lease of 60 seconds`, async () => {
    const name = shared.prefix();
    const { key } = await shared.client.lock({ name });
    const ID = (await shared.client.range({ key })).kvs[0]?.lease ?? 0n;
    assert.equal(key.toString(), `${name}/${ID.toString(16)}`);
    assert.equal((await shared.client.leaseTimeToLive({ ID })).grantedTTL, 60);
  });

  test(`${driver.name}: lock names may have any bytes, and the empty name is valid`, async () => {
    const { leases } = await fresh(1);
    const [lease = 0n] = leases;
    const { key } = await shared.client.lock({ name: Buffer.from([0, 255, 1]), lease });
    assert.deepEqual(key, Buffer.concat([Buffer.from([0, 255, 1]), Buffer.from(`/${lease.toString(16)}`)]));
    await shared.client.unlock({ key });
    const nameless = await shared.client.lock({ lease, name: '' }, { deadlineMs: 300 }).catch(() => undefined);
    // Older keys with the prefix "/" exist on this server, so the call must wait.
    assert.equal(nameless, undefined);
    await waitFor('the key to go', async () => {
      return (await shared.client.range({ key: `/${lease.toString(16)}` })).count === 0;
    });
  });

  test(`${driver.name}: a lock with an unknown lease is refused`, async () => {
    assert.deepEqual(await failureOf(shared.client.lock({ name: shared.prefix(), lease: 123_456n })), {
      code: 'UNKNOWN',
      details: 'etcdserver: requested lease not found',
    });
  });

  test(`${driver.name}: locking twice with one lease returns the same lock`, async () => {
    const { name, leases } = await fresh(1);
    const [lease = 0n] = leases;
    const first = await shared.client.lock({ name, lease });
    const { revision } = (await shared.client.put({ key: `${name}-other` })).header;
    const second = await shared.client.lock({ name, lease });
    assert.deepEqual(second.key, first.key);
    assert.equal(second.header.revision, revision, 'nothing was written');
  });

  test(`${driver.name}: waiting clients get the lock one at a time, in the order of their calls`, async () => {
    const { name, leases, keys } = await fresh(5);
    const order: string[] = [];
    const calls: Promise<unknown>[] = [];
    for (const [index, lease] of leases.entries()) {
      const call = shared.client.lock({ name, lease }).then(({ key }) => order.push(key.toString()));
      calls.push(call);
      await standing(name, index + 1);
    }
    for (let held = 1; held <= keys.length; held += 1) {
      await waitFor(`lock ${held}`, () => order.length >= held);
      await sleep(30);
      assert.deepEqual(order, keys.slice(0, held));
      await shared.client.unlock({ key: keys[held - 1] as string });
    }
    await Promise.all(calls);
  });

  test(`${driver.name}: the reply to a call that waited has a revision at which the client held the lock`, async () => {
    const { name, leases, keys } = await fresh(2);
    await shared.client.lock({ name, lease: leases[0] as bigint });
    const waiting = shared.client.lock({ name, lease: leases[1] as bigint });
    await standing(name, 2);
    const unlocked = await shared.client.unlock({ key: keys[0] as string });
    const { header } = await waiting;
    assert.ok(header.revision >= unlocked.header.revision, `${header.revision} >= ${unlocked.header.revision}`);
  });

  test(`${driver.name}: a lock waits for every older key with its prefix, whichever client wrote it`, async () => {
    const { name, leases } = await fresh(1);
    await shared.client.txn({
      success: [{ request_put: { key: `${name}/one` } }, { request_put: { key: `${name}/two/deeper` } }],
    });
    let got = false;
    const waiting = shared.client.lock({ name, lease: leases[0] as bigint }).then(() => {
      got = true;
    });
    await standing(name, 3);
    await shared.client.put({ key: `${name}/younger` });
    await shared.client.deleteRange({ key: `${name}/two/deeper` });
    await sleep(100);
    assert.equal(got, false);
    await shared.client.deleteRange({ key: `${name}/one` });
    await waiting;
  });

  for (const how of ['cancels', 'reaches its deadline'] as const) {
    test(`${driver.name}: the key of a client that ${how} while it waits is deleted, and other clients do not wait for it`, async () => {
      const { name, leases, keys } = await fresh(3);
      await shared.client.lock({ name, lease: leases[0] as bigint });
      const abort = new AbortController();
      const options = how === 'cancels' ? { signal: abort.signal } : { deadlineMs: onThisMachine(300) };
      const second = failureOf(shared.client.lock({ name, lease: leases[1] as bigint }, options));
      await standing(name, 2);
      const third = shared.client.lock({ name, lease: leases[2] as bigint });
      if (how === 'cancels') abort.abort();
      await second;
      await waitFor('the key to go', async () => (await shared.client.range({ key: keys[1] as string })).count === 0);
      await standing(name, 2);
      await shared.client.unlock({ key: keys[0] as string });
      assert.equal((await third).key.toString(), keys[2]);
    });
  }

  test(`${driver.name}: a client that cancels and locks again moves to the end of the queue`, async () => {
    const { name, leases, keys } = await fresh(3);
    const [first = 0n, second = 0n, third = 0n] = leases;
    await shared.client.lock({ name, lease: first });
    const abort = new AbortController();
    const impatient = failureOf(shared.client.lock({ name, lease: second }, { signal: abort.signal }));
    await standing(name, 2);
    const patient = shared.client.lock({ name, lease: third });
    await standing(name, 3);
    abort.abort();
    await impatient;
    await standing(name, 2);
    const again = shared.client.lock({ name, lease: second });
    await standing(name, 3);
    await shared.client.unlock({ key: keys[0] as string });
    await patient;
    assert.equal(await Promise.race([again, sleep(100)]), undefined);
    await shared.client.unlock({ key: keys[2] as string });
    await again;
  });

  test(`${driver.name}: a lock ends when the lease of its holder ends`, async () => {
    const { name, leases } = await fresh(1);
    const { ID } = await shared.client.leaseGrant({ TTL: 2 });
    await shared.client.lock({ name, lease: ID });
    const waiting = shared.client.lock({ name, lease: leases[0] as bigint });
    await standing(name, 2);
    await waiting;
    assert.equal((await shared.client.leaseTimeToLive({ ID })).TTL, -1);
  });

  for (const [how, lose] of [
    ['whose lease is revoked', (ID: bigint, _key: string) => shared.client.leaseRevoke({ ID })],
    ['whose key is deleted', (_ID: bigint, key: string) => shared.client.deleteRange({ key })],
  ] as const) {
    test(`${driver.name}: a client ${how} while it waits does not get the lock`, async () => {
      const { name, leases, keys } = await fresh(2);
      await shared.client.lock({ name, lease: leases[0] as bigint });
      const waiting = failureOf(shared.client.lock({ name, lease: leases[1] as bigint }));
      await standing(name, 2);
      await lose(leases[1] as bigint, keys[1] as string);
      await sleep(50);
      await shared.client.unlock({ key: keys[0] as string });
      assert.deepEqual(await waiting, expired);
    });
  }

  test(`${driver.name}: an unlock deletes the key, and is not an error if the key does not exist`, async () => {
    const { name, leases } = await fresh(1);
    const { key, header } = await shared.client.lock({ name, lease: leases[0] as bigint });
    assert.equal((await shared.client.unlock({ key })).header.revision, header.revision + 1);
    assert.equal((await shared.client.unlock({ key })).header.revision, header.revision + 1);
    assert.equal((await shared.client.range({ key })).count, 0);
    assert.deepEqual(await failureOf(shared.client.unlock({})), {
      code: 'UNKNOWN',
      details: 'etcdserver: key is not provided',
    });
  });

  test(`${driver.name}: a hundred clients that wait for one lock hold it one at a time`, async () => {
    const { name, leases } = await fresh(100);
    let inside = 0;
    let most = 0;
    await Promise.all(
      leases.map(async (lease) => {
        const { key } = await shared.client.lock({ name, lease });
        inside += 1;
        most = Math.max(most, inside);
        await Promise.resolve();
        inside -= 1;
        await shared.client.unlock({ key });
      }),
    );
    assert.equal(most, 1);
    await standing(name, 0);
  });
}

for (const driver of TINE_DRIVERS) {
  test(`${driver.name}: a waiting client whose key is deleted gets an error at once, even if the key is written again`, async (context) => {
    const { client } = await ownServer(context, { driver });
    for (const ID of [1, 2]) await client.leaseGrant({ TTL: 60, ID });
    await client.lock({ name: 'l', lease: 1 });
    const waiting = failureOf(client.lock({ name: 'l', lease: 2 }));
    await waitFor('the key', async () => (await client.range({ key: 'l/2' })).count === 1);
    await client.deleteRange({ key: 'l/2' });
    await client.put({ key: 'l/2', lease: 2 });
    assert.deepEqual(await waiting, expired);
  });

  test(`${driver.name}: a client that waits for a lock keeps waiting across compactions`, async (context) => {
    const { client } = await ownServer(context, { driver });
    for (const ID of [1, 2]) await client.leaseGrant({ TTL: 60, ID });
    await client.lock({ name: 'l', lease: 1 });
    const waiting = client.lock({ name: 'l', lease: 2 });
    await waitFor('it to wait', async () => (await client.range(withPrefix('l/'))).count === 2);
    for (let round = 0; round < 3; round += 1) {
      const { revision } = (await client.put({ key: 'other' })).header;
      await client.compact({ revision, physical: true });
    }
    await client.unlock({ key: 'l/1' });
    assert.equal((await waiting).key.toString(), 'l/2');
  });

  test(`${driver.name}: locks on two instances share one queue, and an unlock on one wakes clients of the other`, async (context) => {
    const first = await ownServer(context, { driver });
    const second = await ownServer(context, { driver, dataDirectory: first.server.dataDirectory });
    const clients = [first.client, second.client];
    const order: number[] = [];
    const calls: Promise<unknown>[] = [];
    for (let ID = 1; ID <= 8; ID += 1) {
      const client = clients[ID % 2] as typeof first.client;
      await client.leaseGrant({ TTL: 60, ID });
      calls.push(client.lock({ name: 'l', lease: ID }).then(() => order.push(ID)));
      await waitFor('a place', async () => (await client.range(withPrefix('l/'))).count === ID);
    }
    for (let ID = 1; ID <= 8; ID += 1) {
      await waitFor(`lock ${ID}`, () => order.length === ID);
      await (clients[(ID + 1) % 2] as typeof first.client).unlock({ key: `l/${ID}` });
    }
    await Promise.all(calls);
    assert.deepEqual(order, [1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test(`${driver.name}: a server that stops returns an error to waiting clients and deletes their keys`, async (context) => {
    const first = await ownServer(context, { driver });
    const second = await ownServer(context, { driver, dataDirectory: first.server.dataDirectory });
    for (const ID of [1, 2]) await first.client.leaseGrant({ TTL: 60, ID });
    await second.client.lock({ name: 'l', lease: 1 });
    const waiting = failureOf(first.client.lock({ name: 'l', lease: 2 }));
    const nameless = failureOf(first.client.lock({ name: 'l' }));
    await waitFor('two to wait', async () => (await second.client.range(withPrefix('l/'))).count === 3);
    const stopping = Date.now();
    await first.server.stop();
    const stopMs = Date.now() - stopping;
    const stopped = { code: 'UNAVAILABLE', details: 'etcdserver: server stopped' };
    assert.deepEqual([await waiting, await nameless], [stopped, stopped]);
    assert.deepEqual(keysOf((await second.client.range(withPrefix('l/'))).kvs), ['l/1']);
    assert.ok(stopMs < onThisMachine(3_000), `stopped after ${stopMs} ms`);
  });

  test(`${driver.name}: a broken connection removes its clients from the queue`, async (context) => {
    const { server, client } = await ownServer(context, { driver });
    await client.leaseGrant({ TTL: 60, ID: 1 });
    await client.lock({ name: 'l', lease: 1 });
    const proxy = await TcpProxy.start(server.port);
    context.after(() => proxy.close());
    const other = new EtcdClient(`127.0.0.1:${proxy.port}`);
    const waiting = failureOf(other.lock({ name: 'l' }));
    await waitFor('it to wait', async () => (await client.range(withPrefix('l/'))).count === 2);
    await proxy.close();
    await waitFor('its key to go', async () => (await client.range(withPrefix('l/'))).count === 1);
    assert.equal((await waiting).code, 'UNAVAILABLE');
    other.close();
  });
}
