import assert from 'node:assert/strict';
import { test } from 'node:test';
import { remoteLimits } from '../../src/drivers/remote/remote-limits.ts';
import { limits } from '../../src/limits.ts';
import { failureOf, sleep, waitFor, withPrefix } from '../support/index.ts';
import { DATABASES } from './databases.ts';
import { assertEverythingWorks } from './everything-works.ts';
import { place, site } from './place.ts';
import { assertRecovers, recoveryMsMax } from './recovery.ts';
import { Traffic, unavailable } from './traffic.ts';

/** Delay in each direction: twice the distance to the other side of the earth. */
const delayMs = 200;
/** Longer than a request may take, so that requests are answered during the silence. */
const silenceMs = limits.databaseAnswerMsMax + 1_500;
/** The time after which a reply is overdue, and then a recovery. */
const dropRecoveryMsMax = remoteLimits.slowReplyMs + recoveryMsMax;
/** A stop waits five seconds for running requests, which are answered by then. */
const stopMsMax = 12_000;

for (const database of DATABASES) {
  const shared = place(database);

  test(`${database.name}: while connections are refused, every request is answered Unavailable, and afterwards everything works`, async (context) => {
    const here = await site(context, shared);
    const traffic = await Traffic.start(context, here.tine);
    await here.proxy.refuse();
    assert.deepEqual(await failureOf(here.client.put({ key: 'a' })), unavailable);
    await traffic.isRefused();
    await here.proxy.accept();
    await assertRecovers(context, here.client, traffic);
  });

  test(`${database.name}: connections that are cut repeatedly lose and repeat no write`, async (context) => {
    const here = await site(context, shared);
    const traffic = await Traffic.start(context, here.tine);
    for (let count = 0; count < 40; count += 1) {
      here.proxy.cut();
      await sleep(count * 3);
    }
    await assertRecovers(context, here.client, traffic);
  });

  test(`${database.name}: idle connections that a firewall dropped are replaced, and no request fails`, async (context) => {
    const { client, proxy } = await site(context, shared);
    const requests = () => [
      ...Array.from({ length: 8 }, () => client.range({ key: 'a' })),
      ...Array.from({ length: 4 }, () => client.range(withPrefix('a'))),
      client.leaseLeases({}),
      client.put({ key: 'a' }),
    ];
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(requests());
      // Until all connections are idle and none is being opened.
      await sleep(200);
      proxy.forget();
      await client.range({ key: 'a' });
      await client.put({ key: 'a' });
      await Promise.all(requests());
    }
    assert.equal((await client.range({ key: 'a' })).kvs[0]?.version, 30);
    await assertEverythingWorks(client);
  });

  test(`${database.name}: over a slow network everything works, only more slowly`, async (context) => {
    const here = await site(context, shared);
    const { client, proxy } = here;
    const logged = here.tine.log().length;
    const watch = client.watch();
    await watch.create(withPrefix('slow/'));
    proxy.delayMs = delayMs;
    await Promise.all(Array.from({ length: 20 }, (_, index) => client.put({ key: `slow/${index}`, value: 'x' })));
    assert.equal((await watch.events(20)).length, 20);
    watch.close();
    const [{ kvs }, { count }, { ID }] = await Promise.all([
      client.range(withPrefix('slow/')),
      client.range({ ...withPrefix('slow/'), count_only: true }),
      client.leaseGrant({ TTL: 30 }),
      client.status({}),
      client.memberList({ linearizable: true }),
    ]);
    assert.deepEqual([kvs.length, count], [20, 20]);
    assert.equal((await client.leaseTimeToLive({ ID })).grantedTTL, 30);
    // New connections too: each step of their handshake takes this long.
    proxy.cut();
    await Promise.all([client.put({ key: 'slow/again' }), client.range(withPrefix('slow/'))]);
    // Later, replies that are still delayed are slower than the probes of their connections.
    assert.doesNotMatch(here.tine.log().slice(logged), /"level":"error"|database unavailable|they are closed/);
    proxy.delayMs = 0;
    await assertEverythingWorks(client);
    assert.doesNotMatch(here.tine.log().slice(logged), /"level":"error"|database unavailable/);
  });

  test(`${database.name}: over a network with little bandwidth, a value of a megabyte is written and read`, async (context) => {
    const { tine, client, proxy } = await site(context, shared);
    await client.put({ key: 'large', value: 'x' });
    const logged = tine.log().length;
    proxy.bytesPerMs = 1_000;
    const value = Buffer.alloc(1024 * 1024, 'x');
    // The first write on a connection also prepares its statement.
    for (let count = 0; count < 2; count += 1) await client.put({ key: 'large', value });
    const { kvs } = await client.range({ key: 'large' });
    assert.deepEqual([kvs[0]?.version, kvs[0]?.value.length], [3, value.length]);
    assert.doesNotMatch(tine.log().slice(logged), /database unavailable|they are closed/);
  });

  test(`${database.name}: while the network drops all packets, requests are answered Unavailable in time, and afterwards everything works`, async (context) => {
    const here = await site(context, shared);
    const { proxy } = here;
    const traffic = await Traffic.start(context, here.tine);
    proxy.swallow();
    await sleep(silenceMs);
    // A write that was retried shortly before is refused a little later.
    await waitFor('a write that is refused', () => traffic.refusedCount > 0, { timeoutMs: 3_000 });
    proxy.stopSwallowing();
    await assertRecovers(context, here.client, traffic);
  });

  test(`${database.name}: when a firewall has dropped the connections silently, everything works within ${dropRecoveryMsMax} ms`, async (context) => {
    const here = await site(context, shared);
    const traffic = await Traffic.start(context, here.tine);
    // Ends before a reply is overdue, so no probe is lost.
    here.proxy.swallow();
    await sleep(remoteLimits.slowReplyMs / 5);
    here.proxy.stopSwallowing();
    await assertRecovers(context, here.client, traffic, dropRecoveryMsMax);
  });

  for (const shortSilenceMs of [1_000, 3_000]) {
    test(`${database.name}: after the network dropped all packets for ${shortSilenceMs} ms, everything works within a second`, async (context) => {
      const here = await site(context, shared);
      const traffic = await Traffic.start(context, here.tine);
      here.proxy.swallow();
      await sleep(shortSilenceMs);
      here.proxy.stopSwallowing();
      await assertRecovers(context, here.client, traffic);
    });
  }

  test(`${database.name}: when the network drops all packets twice in a row, everything works within a second each time`, async (context) => {
    const here = await site(context, shared);
    const traffic = await Traffic.start(context, here.tine);
    here.proxy.swallow();
    await sleep(1_000);
    here.proxy.stopSwallowing();
    await traffic.recovered();
    here.proxy.swallow();
    await sleep(1_200);
    here.proxy.stopSwallowing();
    await assertRecovers(context, here.client, traffic);
  });

  test(`${database.name}: an instance stops on request while the network drops all packets`, async (context) => {
    const { tine, proxy, client } = await site(context, shared);
    await client.put({ key: 'a' });
    proxy.swallow();
    const put = failureOf(client.put({ key: 'b' }));
    await sleep(300);
    const started = performance.now();
    assert.equal((await tine.stop()).status, 0);
    context.diagnostic(`stopped within ${Math.round(performance.now() - started)} ms`);
    assert.ok(performance.now() - started < stopMsMax, 'it does not hang');
    assert.equal((await put).code, 'UNAVAILABLE');
  });
}
