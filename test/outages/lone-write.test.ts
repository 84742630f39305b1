import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EtcdClient, failureOf, type Server, sleep, waitFor, within } from '../support/index.ts';
import { scrape } from '../support/scrape.ts';
import { onThisMachine } from '../support/slowness.ts';
import type { CommitLoss, TcpProxy } from '../support/tcp-proxy.ts';
import { DATABASES } from './databases.ts';
import { assertEverythingWorks } from './everything-works.ts';
import { doubtsLogged, unavailableOnly } from './lost-commit.ts';
import { neighbour, place, site } from './place.ts';

/** Delay in one direction: longer than a client needs to send a whole request. */
const delayMs = 50;

/**
 * Requests of the instance itself may be counted too: it reads the next leases each second. So the
 * minimum of several attempts is used.
 */
const attemptCountMax = 10;

/** The number of round trips to the database of a request. */
async function roundTripsOf(proxy: TcpProxy, request: (attempt: number) => Promise<unknown>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < attemptCountMax && least > 1; attempt += 1) {
    const before = proxy.requestCount;
    await request(attempt);
    least = Math.min(least, proxy.requestCount - before);
  }
  return least;
}

/** The number of writes without a read. */
async function guardedCount(tine: Server): Promise<number> {
  const durations = (await scrape(tine)).get('tine_statement_duration_seconds');
  const counts = (durations?.samples ?? []).filter(
    ({ name, labels }) => name.endsWith('_count') && labels.statement?.startsWith('guarded_'),
  );
  return counts.reduce((sum, { value }) => sum + value, 0);
}

/** A create as a Kubernetes API server sends it. */
function create(
  client: EtcdClient,
  key: string,
  options: { readonly value?: string; readonly lease?: number | bigint } = {},
) {
  return client.txn({
    compare: [{ key, target: 'MOD', mod_revision: 0 }],
    success: [{ request_put: { key, value: 'x', ...options } }],
    failure: [{ request_range: { key } }],
  });
}

/** An update as a Kubernetes API server sends it. */
function update(
  client: EtcdClient,
  key: string,
  { from, to }: { readonly from: number | bigint; readonly to: string },
) {
  return client.txn({
    compare: [{ key, target: 'MOD', mod_revision: from }],
    success: [{ request_put: { key, value: to } }],
    failure: [{ request_range: { key } }],
  });
}

/**
 * After these writes the instance has the state of the store in memory: the last write needed no
 * read.
 */
async function warmUp(tine: Server, client: EtcdClient): Promise<void> {
  const before = await guardedCount(tine);
  for (let count = 0; count < 100; count += 1) {
    await client.put({ key: 'warm', value: `${count}` });
    if ((await guardedCount(tine)) > before) return;
  }
  assert.fail('no write was made without a read');
}

for (const database of DATABASES) {
  const shared = place(database);

  test(`${database.name}: a single write to a known or new key takes one round trip, other writes take two, a get takes one`, async (context) => {
    const { client, proxy, tine } = await site(context, shared);
    await warmUp(tine, client);
    await client.range({ key: 'warm' });
    for (let attempt = 0; attempt < attemptCountMax; attempt += 1) await create(client, `old/${attempt}`);
    proxy.delayMs = delayMs;
    const roundTrips = {
      update: await roundTripsOf(proxy, () => client.put({ key: 'warm', value: 'y' })),
      create: await roundTripsOf(proxy, (attempt) => create(client, `new/${attempt}`)),
      deletion: await roundTripsOf(proxy, (attempt) => client.deleteRange({ key: `old/${attempt}` })),
      'put of a key that is not known': await roundTripsOf(proxy, (attempt) => client.put({ key: `put/${attempt}` })),
      get: await roundTripsOf(proxy, () => client.range({ key: 'warm' })),
    };
    proxy.delayMs = 0;
    assert.deepEqual(roundTrips, {
      update: 1,
      create: 1,
      deletion: 1,
      'put of a key that is not known': 2,
      get: 1,
    });
  });

  test(`${database.name}: a write computed from memory sees the writes of other instances`, async (context) => {
    const here = await site(context, shared);
    const { client, tine } = here;
    const other = await neighbour(context, shared, here);
    const lease = (await client.leaseGrant({ TTL: 600 })).ID;
    const first = await create(client, 'a');
    /** This instance reads nothing between the other instance's write and its own. */
    const after = async <Result>(change: () => Promise<unknown>, work: () => Promise<Result>): Promise<Result> => {
      await client.put({ key: 'a', value: 'known', ignore_lease: true });
      await create(client, 'leased', { lease });
      await warmUp(tine, client);
      await change();
      return work();
    };
    const stale = await after(
      () => other.put({ key: 'a', value: 'theirs' }),
      () => update(client, 'a', { from: first.header.revision, to: 'ours' }),
    );
    assert.equal(stale.succeeded, false);
    const theirs = stale.responses[0]?.response_range?.kvs[0];
    assert.equal(theirs?.value.toString(), 'theirs');
    const fresh = await update(client, 'a', { from: theirs?.mod_revision ?? 0, to: 'ours' });
    assert.equal(fresh.succeeded, true);

    const recreated = await after(
      () => other.deleteRange({ key: 'a' }),
      () => create(client, 'a'),
    );
    assert.equal(recreated.succeeded, true);
    assert.equal((await client.range({ key: 'a' })).kvs[0]?.version, 1);

    const late = await after(
      () => create(other, 'b'),
      () => create(client, 'b'),
    );
    assert.equal(late.succeeded, false);

    const full = await after(
      () => other.alarm({ action: 'ACTIVATE', alarm: 'NOSPACE' }),
      () => failureOf(client.put({ key: 'warm', value: 'too much' })),
    );
    assert.match(full.details, /database space exceeded/);
    await other.alarm({ action: 'DEACTIVATE', alarm: 'NOSPACE' });

    const unleased = await after(
      () => other.leaseRevoke({ ID: lease }),
      () => failureOf(client.put({ key: 'warm', value: 'x', lease })),
    );
    assert.match(unleased.details, /requested lease not found/);
  });

  test(`${database.name}: a create fails if the key exists, even if this instance has never seen the key`, async (context) => {
    const here = await site(context, shared);
    const { client, tine } = here;
    const other = await neighbour(context, shared, here);
    await other.put({ key: 'a', value: 'first' });
    const { header } = await other.put({ key: 'a', value: 'second' });
    await other.put({ key: 'b', value: 'x' });
    // The row that created the key is compacted: no index shows its creation any more.
    await other.compact({ revision: header.revision, physical: true });
    for (const key of ['a', 'b']) {
      await warmUp(tine, client);
      const refused = await create(client, key);
      assert.equal(refused.succeeded, false, key);
      assert.equal(refused.responses[0]?.response_range?.kvs.length, 1, key);
    }
    const found = (await client.range({ key: 'a' })).kvs[0];
    assert.deepEqual([found?.value.toString(), found?.version], ['second', 2]);
  });

  test(`${database.name}: instances that write in turn from memory lose and repeat no write`, async (context) => {
    const here = await site(context, shared);
    const other = await neighbour(context, shared, here);
    await here.client.put({ key: 'counter', value: '0' });
    let isOver = false;
    /** Writes in bursts: within a burst the instance has the state of the store in memory. */
    const increments = async (client: EtcdClient, name: string): Promise<number> => {
      let made = 0;
      for (let count = 0; !isOver; count += 1) {
        await create(client, `${name}/${count}`);
        const [counter] = (await client.range({ key: 'counter' })).kvs;
        const { succeeded } = await update(client, 'counter', {
          from: counter?.mod_revision ?? 0,
          to: `${count} ${name}`,
        });
        if (succeeded) made += 1;
        if (count % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 50));
      }
      return made;
    };
    const running = Promise.all([increments(here.client, 'here'), increments(other, 'there')]);
    try {
      await sleep(3_000);
      await waitFor('a write without a read', async () => (await guardedCount(here.tine)) > 0, { timeoutMs: 30_000 });
    } finally {
      isOver = true;
    }
    const made = await running;
    const [counter] = (await here.client.range({ key: 'counter' })).kvs;
    assert.equal(counter?.version, 1 + made[0] + made[1]);
    const { header, count } = await here.client.range({ key: '\0', range_end: '\0', count_only: true });
    // The first put is revision 2; each other write has the next one.
    assert.equal(header.revision, 1 + count + made[0] + made[1]);
  });

  for (const loss of ['before', 'after', 'silent after'] as const satisfies readonly CommitLoss[]) {
    test(`${database.name}: a write in one request whose connection is lost is answered with its true result (${loss})`, async (context) => {
      const { client, proxy, tine } = await site(context, shared);
      const rounds = loss.startsWith('silent') ? 1 : 5;
      for (let round = 0; round < rounds; round += 1) {
        await warmUp(tine, client);
        const key = `a/${round}`;
        const lost = proxy.loseNextCommit(database.commitSign, loss);
        const outcome = await create(client, key).catch((error: unknown) => unavailableOnly(error));
        await within(1_000, 'the commit to be lost', lost);
        const found = (await client.range({ key })).kvs;
        if (outcome !== 'unavailable') {
          assert.equal(outcome.succeeded, true);
          assert.equal(found[0]?.mod_revision, outcome.header.revision);
        }
        assert.equal(outcome === 'unavailable', found.length === 0);
        assert.ok((found[0]?.version ?? 1) === 1, 'it was written once');
      }
      await doubtsLogged(tine, rounds);
      await assertEverythingWorks(client);
    });
  }

  test(`${database.name}: a write in one request to a server that has become read-only is refused at once, and its outcome is known`, async (context) => {
    const { client, tine } = await site(context, shared);
    await warmUp(tine, client);
    const allow = await shared.administrator.forbidWrites();
    context.after(allow);
    // The server may apply the setting a moment later.
    const refusalMs = await waitFor('a refusal', async () => {
      const startMs = performance.now();
      const outcome = await client.put({ key: 'warm' }).catch((error: unknown) => unavailableOnly(error));
      return outcome === 'unavailable' ? performance.now() - startMs : undefined;
    });
    assert.ok(refusalMs < onThisMachine(3_000), `the refusal took ${refusalMs} ms`);
    await allow();
    await assertEverythingWorks(client);
    assert.doesNotMatch(tine.log(), /lost during a commit/);
  });
}
