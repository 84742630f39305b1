import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chosenSeed, Random } from '../parity/random.ts';
import { EtcdClient, failureOf, type Server, sleep, waitFor, within } from '../support/index.ts';
import { onThisMachine } from '../support/slowness.ts';
import type { CommitLoss } from '../support/tcp-proxy.ts';
import { DATABASES } from './databases.ts';
import { assertEverythingWorks } from './everything-works.ts';
import { doubtsLogged, unavailableOnly } from './lost-commit.ts';
import { neighbour, place, site } from './place.ts';
import { recoveryMsMax } from './recovery.ts';
import { answerMsMax, Traffic, unavailable } from './traffic.ts';

const seed = chosenSeed();
const incrementerCount = 4;
const disturbedMs = 5_000;

/** The results of one client's increments. */
interface Increments {
  acknowledged: number;
  /** Answered Unavailable: executed once or not at all. */
  doubtful: number;
  conflicts: number;
}

/**
 * Increments a counter by compare-and-swap until `isOver`. Each value names its increment, which
 * identifies one in doubt.
 */
async function increment(tine: Server, name: string, isOver: () => boolean): Promise<Increments> {
  const client = new EtcdClient(tine.address);
  const increments: Increments = { acknowledged: 0, doubtful: 0, conflicts: 0 };
  for (let count = 0; !isOver(); count += 1) {
    try {
      const [pair] = (await client.range({ key: 'counter' })).kvs;
      assert.ok(pair !== undefined);
      const [value] = pair.value.toString().split(' ');
      const outcome = await client
        .txn({
          compare: [{ key: 'counter', target: 'MOD', mod_revision: pair.mod_revision }],
          success: [
            { request_put: { key: 'counter', value: `${Number(value) + 1} ${name}/${count}` } },
            { request_put: { key: `increment/${name}/${count}`, value: `${Number(value) + 1}` } },
          ],
        })
        .catch((error: unknown) => unavailableOnly(error));
      if (outcome === 'unavailable') increments.doubtful += 1;
      else if (outcome.succeeded) increments.acknowledged += 1;
      else increments.conflicts += 1;
    } catch (error) {
      unavailableOnly(error);
      await sleep(20);
    }
  }
  client.close();
  return increments;
}

for (const database of DATABASES) {
  const shared = place(database);

  for (const loss of ['before', 'after', 'silent before', 'silent after'] as const satisfies readonly CommitLoss[]) {
    const what = {
      before: 'that is cut before the commit reaches the database',
      after: 'that is cut before the answer to the commit arrives',
      'silent before': 'that goes silent before the commit reaches the database',
      'silent after': 'that goes silent before the answer to the commit arrives',
    }[loss];
    test(`${database.name}: a write over a connection ${what} is answered with its true result`, async (context) => {
      const { client, proxy, tine } = await site(context, shared);
      const rounds = loss.startsWith('silent') ? 1 : 5;
      for (let round = 0; round < rounds; round += 1) {
        const key = `a/${round}`;
        const lost = proxy.loseNextCommit(database.commitSign, loss);
        const started = performance.now();
        const outcome = await client.put({ key, value: 'x' }).catch((error: unknown) => unavailableOnly(error));
        const ms = performance.now() - started;
        await within(1_000, 'the commit to be lost', lost);
        const found = (await client.range({ key })).kvs;
        context.diagnostic(`${outcome === 'unavailable' ? outcome : 'OK'} after ${Math.round(ms)} ms`);
        assert.ok(ms < onThisMachine(answerMsMax), `it took ${ms} ms`);
        if (outcome !== 'unavailable') assert.equal(found[0]?.mod_revision, outcome.header.revision);
        // The database is reachable, so the result can be determined.
        assert.equal(outcome === 'unavailable', found.length === 0);
        assert.ok((found[0]?.version ?? 1) === 1, 'it was written once');
      }
      await doubtsLogged(tine, rounds);
      await assertEverythingWorks(client);
    });
  }

  test(`${database.name}: compare-and-swap over connections cut during commits loses and repeats no increment`, async (context) => {
    context.diagnostic(`TINE_TEST_SEED=${seed}`);
    const random = new Random(seed);
    const { client, proxy, tine } = await site(context, shared);
    await client.put({ key: 'counter', value: '0' });
    const traffic = await Traffic.start(context, tine);
    let isOver = false;
    const incrementers = Array.from({ length: incrementerCount }, (_, index) =>
      increment(tine, `${index}`, () => isOver),
    );
    const ending = Promise.all(incrementers);
    ending.catch(() => {});
    let cuts = 0;
    for (const started = performance.now(); performance.now() - started < disturbedMs; cuts += 1) {
      const loss = random.pick(['before', 'after'] as const);
      await Promise.race([ending, within(5_000, 'a commit', proxy.loseNextCommit(database.commitSign, loss))]);
      if (random.chance(30)) proxy.cut();
      await sleep(random.between(0, 150));
    }
    isOver = true;
    const made = await ending;
    const acknowledged = made.reduce((sum, each) => sum + each.acknowledged, 0);
    const doubtful = made.reduce((sum, each) => sum + each.doubtful, 0);
    const [counter] = (await client.range({ key: 'counter' })).kvs;
    const { count: kept } = await client.range({ key: 'increment/', range_end: 'increment0', count_only: true });
    const value = Number(counter?.value.toString().split(' ')[0]);
    context.diagnostic(`${cuts} cuts: ${acknowledged} acknowledged, ${doubtful} in doubt, counter ${value}`);
    assert.ok(acknowledged > 0, 'increments go on between cuts');
    assert.equal(counter?.version, value + 1, 'each write of the counter is one increment');
    assert.equal(kept, value, 'a transaction is made whole or not at all');
    assert.ok(
      value >= acknowledged && value <= acknowledged + doubtful,
      `${acknowledged} <= ${value} <= ${acknowledged} + ${doubtful}`,
    );
    await traffic.flows();
    await traffic.assertWhole();
  });

  test(`${database.name}: an open transaction of a silent instance delays writes of other instances only briefly`, async (context) => {
    const here = await site(context, shared);
    const second = await neighbour(context, shared, here);
    await second.put({ key: 'a' });
    const lost = here.proxy.loseNextCommit(database.commitSign, 'silent before');
    const put = here.client.put({ key: 'b' }, { deadlineMs: 10_000 }).catch((error: unknown) => unavailableOnly(error));
    await lost;
    here.proxy.swallow();
    const started = performance.now();
    await waitFor('a put through the other', () => second.put({ key: 'c' }).catch(() => undefined), {
      timeoutMs: 20_000,
    });
    const waitedMs = performance.now() - started;
    context.diagnostic(`waited ${Math.round(waitedMs)} ms`);
    assert.ok(waitedMs < onThisMachine(answerMsMax), `it took ${waitedMs} ms`);
    assert.equal(await put, 'unavailable');
    here.proxy.stopSwallowing();
    await waitFor('the first instance', () => here.client.put({ key: 'd' }).catch(() => undefined), {
      timeoutMs: recoveryMsMax * 2,
    });
  });

  test(`${database.name}: a failed compare is never reported as an outage, and an outage never as a failed compare`, async (context) => {
    const { client, proxy } = await site(context, shared);
    await client.put({ key: 'a', value: '1' });
    const swap = (from: string) =>
      client.txn({
        compare: [{ key: 'a', target: 'VALUE', value: from }],
        success: [{ request_put: { key: 'a', value: '2' } }],
        failure: [{ request_range: { key: 'a' } }],
      });
    assert.equal((await swap('0')).succeeded, false);
    await proxy.refuse();
    assert.deepEqual(await failureOf(swap('0')), unavailable);
    assert.deepEqual(await failureOf(swap('1')), unavailable);
    await proxy.accept();
    assert.equal((await swap('0')).succeeded, false);
    assert.equal((await swap('1')).succeeded, true);
  });
}
