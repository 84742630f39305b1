import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DRIVERS, failureOf, keysOf, ownServer, sleep, suite, waitFor, withPrefix } from '../../support/index.ts';
import { onThisMachine } from '../../support/slowness.ts';

const leaseNotFound = { code: 'NOT_FOUND', details: 'etcdserver: requested lease not found' };

for (const driver of DRIVERS) {
  const shared = suite(driver);

  test(`${driver.name}: a grant without an id chooses a new id each time`, async () => {
    const first = await shared.client.leaseGrant({ TTL: 60 });
    const second = await shared.client.leaseGrant({ TTL: 60 });
    assert.ok(first.ID > 0n && second.ID > 0n && first.ID !== second.ID);
    assert.equal(first.TTL, 60);
    assert.equal(first.error, '');
  });

  test(`${driver.name}: a grant accepts an id from the client, with all 63 bits`, async () => {
    for (const ID of [7n, 9_007_199_254_740_993n, 0x7fffffffffffffffn]) {
      assert.equal((await shared.client.leaseGrant({ TTL: 60, ID })).ID, ID);
      assert.equal((await shared.client.leaseTimeToLive({ ID })).ID, ID);
      await shared.client.leaseRevoke({ ID });
    }
  });

  test(`${driver.name}: a grant accepts a negative id`, async () => {
    const { ID } = await shared.client.leaseGrant({ TTL: 60, ID: -5n });
    assert.equal(ID, -5n);
    const key = shared.prefix();
    await shared.client.put({ key, lease: ID });
    assert.equal((await shared.client.range({ key })).kvs[0]?.lease, -5n);
    await shared.client.leaseRevoke({ ID });
    assert.equal((await shared.client.range({ key })).count, 0);
  });

  test(`${driver.name}: a grant with an id in use is refused, and the id can be used again after a revoke`, async () => {
    const { ID } = await shared.client.leaseGrant({ TTL: 60 });
    assert.deepEqual(await failureOf(shared.client.leaseGrant({ TTL: 60, ID })), {
      code: 'FAILED_PRECONDITION',
      details: 'etcdserver: lease already exists',
    });
    await shared.client.leaseRevoke({ ID });
    assert.equal((await shared.client.leaseGrant({ TTL: 60, ID })).ID, ID);
  });

  test(`${driver.name}: a TTL of 9,000,000,000 seconds is accepted and a longer one is refused`, async () => {
    const largest = await shared.client.leaseGrant({ TTL: 9_000_000_000 });
    assert.equal(largest.TTL, 9_000_000_000);
    assert.deepEqual(await failureOf(shared.client.leaseGrant({ TTL: 9_000_000_001 })), {
      code: 'OUT_OF_RANGE',
      details: 'etcdserver: too large lease TTL',
    });
  });

  test(`${driver.name}: a TTL below the minimum is raised to the minimum`, async () => {
    for (const TTL of [1, 0, -5]) {
      const reply = await shared.client.leaseGrant({ TTL });
      assert.equal(reply.TTL, 2, 'the least TTL follows from etcd and its default election timeout');
    }
  });

  test(`${driver.name}: grant, renewal and time to live do not change the revision`, async () => {
    const { revision } = (await shared.client.put({ key: shared.prefix() })).header;
    const granted = await shared.client.leaseGrant({ TTL: 60 });
    assert.equal(granted.header.revision, revision);
    const stream = shared.client.keepAlive();
    assert.equal((await stream.renew(granted.ID)).header.revision, revision);
    stream.close();
    assert.equal((await shared.client.leaseTimeToLive({ ID: granted.ID })).header.revision, revision);
    assert.equal((await shared.client.leaseRevoke({ ID: granted.ID })).header.revision, revision, 'it had no keys');
  });

  test(`${driver.name}: a revoke deletes the lease's keys in one revision`, async () => {
    const prefix = shared.prefix();
    const { ID } = await shared.client.leaseGrant({ TTL: 600 });
    for (const name of ['c', 'a', 'b']) await shared.client.put({ key: prefix + name, lease: ID });
    const { revision } = (await shared.client.put({ key: `${prefix}free` })).header;
    const watch = shared.client.watch();
    await watch.create(withPrefix(prefix));
    const reply = await shared.client.leaseRevoke({ ID });
    assert.equal(reply.header.revision, revision + 1);
    assert.deepEqual(keysOf((await shared.client.range(withPrefix(prefix))).kvs), [`${prefix}free`]);
    const message = await watch.next();
    watch.close();
    assert.deepEqual(keysOf(message.events), [`${prefix}a`, `${prefix}b`, `${prefix}c`]);
    for (const event of message.events) {
      assert.equal(event.type, 'DELETE');
      assert.equal(event.kv.mod_revision, revision + 1);
    }
  });

  test(`${driver.name}: a revoke of an unknown lease is an error`, async () => {
    assert.deepEqual(await failureOf(shared.client.leaseRevoke({ ID: 123_456_789n })), leaseNotFound);
    const { ID } = await shared.client.leaseGrant({ TTL: 60 });
    await shared.client.leaseRevoke({ ID });
    assert.deepEqual(await failureOf(shared.client.leaseRevoke({ ID })), leaseNotFound);
  });

  test(`${driver.name}: a put with an unknown lease is an error and changes nothing`, async () => {
    const key = shared.prefix();
    assert.deepEqual(await failureOf(shared.client.put({ key, lease: 987_654_321n })), leaseNotFound);
    assert.deepEqual(
      await failureOf(shared.client.txn({ success: [{ request_put: { key, lease: 987_654_321n } }] })),
      leaseNotFound,
    );
    assert.equal((await shared.client.range({ key })).count, 0);
  });

  test(`${driver.name}: the time to live counts down from the granted TTL`, async () => {
    const { ID } = await shared.client.leaseGrant({ TTL: 100 });
    const fresh = await shared.client.leaseTimeToLive({ ID });
    assert.equal(fresh.grantedTTL, 100);
    assert.ok(fresh.TTL === 100 || fresh.TTL === 99, `${fresh.TTL} s left`);
    const later = await waitFor('a second to pass', async () => {
      const reply = await shared.client.leaseTimeToLive({ ID });
      return reply.TTL < fresh.TTL && reply;
    });
    assert.equal(later.TTL, fresh.TTL - 1);
  });

  test(`${driver.name}: the time to live of an unknown lease is -1`, async () => {
    const reply = await shared.client.leaseTimeToLive({ ID: 424_242n, keys: true });
    assert.equal(reply.ID, 424_242n);
    assert.equal(reply.TTL, -1);
    assert.equal(reply.grantedTTL, 0);
    assert.deepEqual(reply.keys, []);
    assert.ok(reply.header.revision > 0);
  });

  test(`${driver.name}: a lease past its deadline has 0 seconds left until it ends`, async () => {
    const startMs = performance.now();
    const { ID, TTL } = await shared.client.leaseGrant({ TTL: 2 });
    const lateMs = () => performance.now() - startMs - TTL * 1000;
    await sleep(TTL * 1000 - 200);
    while (lateMs() < 900) {
      const reply = await shared.client.leaseTimeToLive({ ID });
      if (reply.grantedTTL === 0 || lateMs() >= 900) break;
      assert.ok(reply.TTL >= 0, `${reply.TTL} s left, at most ${lateMs()} ms after the deadline`);
      await sleep(20);
    }
  });

  test(`${driver.name}: the time to live lists the keys on request`, async () => {
    const prefix = shared.prefix();
    const { ID } = await shared.client.leaseGrant({ TTL: 600 });
    for (const name of ['a', 'b']) await shared.client.put({ key: prefix + name, lease: ID });
    assert.deepEqual((await shared.client.leaseTimeToLive({ ID })).keys, []);
    const { keys } = await shared.client.leaseTimeToLive({ ID, keys: true });
    assert.deepEqual(keys.map((key) => key.toString()).sort(), [`${prefix}a`, `${prefix}b`]);
  });

  test(`${driver.name}: a list of leases contains the live leases`, async (context) => {
    const { client } = await ownServer(context, { driver });
    assert.deepEqual((await client.leaseLeases({})).leases, []);
    for (const ID of [30, 10, 20]) await client.leaseGrant({ TTL: 60, ID });
    await client.leaseRevoke({ ID: 10 });
    const { leases } = await client.leaseLeases({});
    assert.deepEqual(leases.map(({ ID }) => ID).sort(), [20n, 30n]);
  });

  test(`${driver.name}: a list of leases starts with the next lease to expire`, async (context) => {
    const { client } = await ownServer(context, { driver });
    for (const [ID, TTL] of [
      [1, 3000],
      [2, 1000],
      [3, 2000],
    ] as const) {
      await client.leaseGrant({ TTL, ID });
    }
    const { leases } = await client.leaseLeases({});
    assert.deepEqual(
      leases.map(({ ID }) => ID),
      [2n, 3n, 1n],
    );
  });

  test(`${driver.name}: a keepalive restores the whole TTL`, async () => {
    const { ID } = await shared.client.leaseGrant({ TTL: 50 });
    await waitFor('the lease to age', async () => (await shared.client.leaseTimeToLive({ ID })).TTL < 49);
    const stream = shared.client.keepAlive();
    const reply = await stream.renew(ID);
    stream.close();
    assert.equal(reply.ID, ID);
    assert.equal(reply.TTL, 50);
    assert.ok((await shared.client.leaseTimeToLive({ ID })).TTL >= 49);
  });

  test(`${driver.name}: a keepalive of an unknown lease is answered with TTL 0, and the stream stays open`, async () => {
    const { ID } = await shared.client.leaseGrant({ TTL: 50 });
    const stream = shared.client.keepAlive();
    const unknown = await stream.renew(31_337n);
    assert.equal(unknown.ID, 31_337n);
    assert.equal(unknown.TTL, 0);
    assert.equal((await stream.renew(ID)).TTL, 50);
    stream.finish();
    assert.equal(await stream.ended(), undefined);
  });

  test(`${driver.name}: a renewal has a revision before that of the lease's end`, async () => {
    const streams = Array.from({ length: 20 }, () => shared.client.keepAlive());
    for (let round = 0; round < 30; round += 1) {
      const { ID } = await shared.client.leaseGrant({ TTL: 60 });
      const keys = Array.from({ length: 30 }, () => shared.prefix());
      await Promise.all(keys.map((key) => shared.client.put({ key, value: 'x'.repeat(3_000), lease: ID })));
      const renewed = streams.map(async (stream) => {
        const replies = [];
        for (let count = 0; count < 10; count += 1) replies.push(await stream.renew(ID));
        return replies;
      });
      const revoked = shared.client.leaseRevoke({ ID });
      const replies = (await Promise.all(renewed)).flat();
      const { revision } = (await revoked).header;
      for (const { TTL, header } of replies) assert.ok(TTL === 0 || header.revision < revision);
    }
    for (const stream of streams) stream.close();
  });

  test(`${driver.name}: keepalives on one stream are answered in order`, async () => {
    const leases = await Promise.all(Array.from({ length: 50 }, () => shared.client.leaseGrant({ TTL: 60 })));
    const stream = shared.client.keepAlive();
    for (const { ID } of leases) stream.send({ ID });
    for (const { ID } of leases) assert.equal((await stream.next()).ID, ID);
    stream.close();
  });

  test(`${driver.name}: a lease without keepalives expires on time, and its keys are deleted together`, async () => {
    const prefix = shared.prefix();
    const watch = shared.client.watch();
    await watch.create(withPrefix(prefix));
    const { ID, TTL } = await shared.client.leaseGrant({ TTL: 2 });
    const granted = Date.now();
    await shared.client.txn({
      success: ['a', 'b'].map((name) => ({ request_put: { key: prefix + name, lease: ID } })),
    });
    assert.equal((await watch.next()).events.length, 2);
    const gone = await watch.next();
    const lifeMs = Date.now() - granted;
    watch.close();
    assert.deepEqual(
      gone.events.map(({ type, kv }) => [type, kv.key.toString()]),
      [
        ['DELETE', `${prefix}a`],
        ['DELETE', `${prefix}b`],
      ],
    );
    assert.equal(gone.events[0]?.kv.mod_revision, gone.events[1]?.kv.mod_revision);
    assert.ok(lifeMs > TTL * 1000 - 200, `not early: after ${lifeMs} ms`);
    assert.ok(lifeMs < TTL * 1000 + onThisMachine(2_000), `not late: after ${lifeMs} ms`);
    assert.equal((await shared.client.leaseTimeToLive({ ID })).TTL, -1);
    assert.deepEqual(await failureOf(shared.client.leaseRevoke({ ID })), leaseNotFound);
  });

  test(`${driver.name}: keepalives keep a lease alive beyond its TTL`, async () => {
    const key = shared.prefix();
    const { ID } = await shared.client.leaseGrant({ TTL: 2 });
    await shared.client.put({ key, lease: ID });
    const stream = shared.client.keepAlive();
    const started = Date.now();
    await waitFor(
      'five seconds of keepalives',
      async () => {
        assert.equal((await stream.renew(ID)).TTL, 2);
        return Date.now() - started > 5_000;
      },
      { intervalMs: 500 },
    );
    stream.close();
    assert.equal((await shared.client.range({ key })).count, 1);
    await waitFor('the expiry', async () => (await shared.client.range({ key })).count === 0);
  });

  test(`${driver.name}: a lease and its keys survive kill -9, and the lease still expires`, async (context) => {
    const { server, client } = await ownServer(context, { driver });
    const long = await client.leaseGrant({ TTL: 600, ID: 600 });
    const short = await client.leaseGrant({ TTL: 3, ID: 3 });
    await client.put({ key: 'long', lease: long.ID });
    await client.put({ key: 'short', lease: short.ID });
    await server.kill();
    await server.start();
    client.reconnect();
    const kept = await client.leaseTimeToLive({ ID: 600, keys: true });
    assert.equal(kept.grantedTTL, 600);
    assert.ok(kept.TTL > 500);
    assert.deepEqual(kept.keys.map(String), ['long']);
    assert.equal((await client.range({ key: 'long' })).kvs[0]?.lease, 600n);
    await waitFor('the short lease to expire', async () => (await client.range({ key: 'short' })).count === 0);
    assert.equal((await client.range({ key: 'long' })).count, 1);
    await client.leaseRevoke({ ID: 600 });
    assert.equal((await client.range({ key: 'long' })).count, 0);
  });

  test(`${driver.name}: a lease expires while another instance starts again and again`, async (context) => {
    const { server, client } = await ownServer(context, { driver });
    const another = await ownServer(context, { driver, dataDirectory: server.dataDirectory });
    const { ID, TTL } = await client.leaseGrant({ TTL: 4 });
    await client.put({ key: 'k', lease: ID });
    const granted = Date.now();
    while ((await client.range({ key: 'k' })).count > 0) {
      assert.ok(Date.now() - granted < onThisMachine(2 * TTL * 1000 + 3_000), 'one start may restart its TTL');
      await another.server.kill();
      await another.server.start();
    }
  });

  test(`${driver.name}: ten thousand keepalives are answered quickly`, async () => {
    const leases = await Promise.all(Array.from({ length: 100 }, () => shared.client.leaseGrant({ TTL: 600 })));
    const stream = shared.client.keepAlive();
    const started = Date.now();
    for (let round = 0; round < 100; round += 1) for (const { ID } of leases) stream.send({ ID });
    for (let count = 0; count < 10_000; count += 1) assert.equal((await stream.next()).TTL, 600);
    stream.close();
    assert.ok(Date.now() - started < onThisMachine(10_000), `10,000 keepalives took ${Date.now() - started} ms`);
  });

  test(`${driver.name}: the keys of a lease with five thousand keys are deleted in one revision`, async () => {
    const prefix = shared.prefix();
    const { ID } = await shared.client.leaseGrant({ TTL: 600 });
    for (let first = 0; first < 5_000; first += 100) {
      const operations = Array.from({ length: 100 }, (_, index) => ({
        request_put: { key: `${prefix}${first + index}`, lease: ID },
      }));
      await shared.client.txn({ success: operations });
    }
    assert.equal((await shared.client.leaseTimeToLive({ ID, keys: true })).keys.length, 5_000);
    const { revision } = (await shared.client.range({ key: prefix })).header;
    const watch = shared.client.watch();
    await watch.create(withPrefix(prefix));
    assert.equal((await shared.client.leaseRevoke({ ID })).header.revision, revision + 1);
    const events = await watch.events(5_000);
    watch.close();
    assert.ok(events.every(({ type, kv }) => type === 'DELETE' && kv.mod_revision === revision + 1));
    assert.equal((await shared.client.range({ ...withPrefix(prefix), count_only: true })).count, 0);
  });
}
