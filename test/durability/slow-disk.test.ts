import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EtcdClient, ownServer, RpcError, sleep, sqlite, waitFor, withPrefix } from '../support/index.ts';
import { onThisMachine } from '../support/slowness.ts';
import { slowSyncMs } from '../support/sync-fault.ts';

const writeCount = 600;
const slowSyncEvery = 10;
/** The limit for gets of other keys, and for events after the reply to their write. */
const p99MsMax = 20;
/** Between two gets. */
const pauseMs = 2;
/** How long all syncs fail. A recovery is tried twice a second. */
const faultMs = 5_000;

function percentile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * share)] as number;
}

test('sqlite: occasional slow syncs do not delay gets of other keys or events', async (context) => {
  const { server, client } = await ownServer(context, { driver: sqlite, syncFault: { slowEvery: slowSyncEvery } });
  const reader = new EtcdClient(server.address);
  context.after(() => reader.close());
  for (let index = 0; index < 50; index += 1) await client.put({ key: `read/${index}`, value: 'x'.repeat(1_000) });

  const watch = reader.watch();
  await watch.create(withPrefix('written/'));
  const seenMs = new Map<number, number>();
  const listening = (async () => {
    while (seenMs.size < writeCount) {
      for (const { kv } of (await watch.next()).events) seenMs.set(kv.mod_revision, performance.now());
    }
  })();

  const answeredMs = new Map<number, number>();
  const putsMs: number[] = [];
  let isWriting = true;
  const writing = (async () => {
    for (let index = 0; index < writeCount; index += 1) {
      const startMs = performance.now();
      const { header } = await client.put({ key: `written/${index % 20}`, value: `${index}` });
      answeredMs.set(header.revision, performance.now());
      putsMs.push(performance.now() - startMs);
      await sleep(3);
    }
    isWriting = false;
  })();

  const getsMs: number[] = [];
  const latenessMs: number[] = [];
  while (isWriting) {
    const startMs = performance.now();
    await reader.range({ key: `read/${getsMs.length % 50}` });
    const endMs = performance.now();
    getsMs.push(endMs - startMs);
    await sleep(pauseMs);
    latenessMs.push(performance.now() - endMs - pauseMs);
  }
  await Promise.all([writing, listening]);
  watch.close();

  const eventsMs = [...answeredMs].map(([revision, ms]) => (seenMs.get(revision) ?? Number.NaN) - ms);
  const slowPuts = putsMs.filter((ms) => ms >= slowSyncMs).length;
  context.diagnostic(
    `${getsMs.length} gets, p99 ${percentile(getsMs, 0.99).toFixed(1)} ms; events p99 ${percentile(eventsMs, 0.99).toFixed(1)} ms after the answer; ${slowPuts} slow puts`,
  );
  assert.ok(slowPuts > writeCount / slowSyncEvery / 4, `only ${slowPuts} puts met a slow sync`);
  // A machine that pauses its processes delays timers as well as gets.
  const boundMs = onThisMachine(p99MsMax) + percentile(latenessMs, 0.99);
  assert.ok(percentile(getsMs, 0.99) < boundMs, `p99 of gets: ${percentile(getsMs, 0.99)} ms`);
  assert.ok(percentile(eventsMs, 0.99) < boundMs, `p99 of events: ${percentile(eventsMs, 0.99)} ms`);
});

test('sqlite: after a failed sync writes are refused until the database is on disk, and no acknowledged write is lost', async (context) => {
  const { server, client } = await ownServer(context, { driver: sqlite, syncFault: { failsAt: 20 } });
  const acknowledged = new Map<string, number>();
  let refusedCount = 0;
  for (let index = 0; refusedCount === 0 && index < 1_000; index += 1) {
    const key = `before/${index}`;
    try {
      acknowledged.set(key, (await client.put({ key, value: key })).header.revision);
    } catch (error) {
      assert.ok(error instanceof RpcError, String(error));
      assert.equal(error.code, 'UNAVAILABLE');
      refusedCount += 1;
    }
  }
  assert.equal(refusedCount, 1, 'a write met the failed sync');
  await waitFor('writes to be served again', async () => {
    const key = `after/${acknowledged.size}`;
    const reply = await client.put({ key, value: key }).catch(() => undefined);
    if (reply !== undefined) acknowledged.set(key, reply.header.revision);
    return reply !== undefined;
  });
  assert.match(server.log(), /database unavailable/);
  await server.kill();
  await server.start();
  client.reconnect();
  for (const [key, revision] of acknowledged) {
    const [kv] = (await client.range({ key })).kvs;
    assert.equal(kv?.mod_revision, revision, `${key} was acknowledged`);
  }
});

test('sqlite: while all syncs fail, the log has one line about it', async (context) => {
  const { server, client } = await ownServer(context, { driver: sqlite, syncFault: { failsFrom: 20 } });
  const put = () =>
    client.put({ key: 'key', value: 'value' }).then(
      () => true,
      () => false,
    );
  await waitFor('a failed sync', async () => !(await put()));
  const endMs = performance.now() + faultMs;
  while (performance.now() < endMs) {
    await put();
    await sleep(20);
  }
  const lines = server
    .log()
    .split('\n')
    .filter((line) => /"level":"(warn|error)"/.test(line) && /sync|unavailable/.test(line));
  assert.equal(lines.length, 1, lines.join('\n'));
});
