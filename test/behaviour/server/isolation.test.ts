import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DRIVERS, EtcdClient, sleep, suite, withPrefix } from '../../support/index.ts';
import { onThisMachine } from '../../support/slowness.ts';

/** The limit for the slowest small request beside a large one, on a busy machine. */
const latencyMsMax = 1_500;

for (const driver of DRIVERS) {
  let prefix = '';
  const shared = suite(driver, {
    prepare: async ({ client, prefix: newPrefix }) => {
      prefix = newPrefix();
      const value = Buffer.alloc(10_000, 'x');
      for (let first = 0; first < 4_000; first += 100) {
        const operations = Array.from({ length: 100 }, (_, index) => ({
          request_put: { key: `${prefix}${String(first + index).padStart(6, '0')}`, value },
        }));
        await client.txn({ success: operations });
      }
    },
  });

  /** Gets and puts until `done`. Returns the time of the slowest request. */
  async function slowestUntil(done: () => boolean): Promise<number> {
    const other = new EtcdClient(shared.server.address);
    let slowestMs = 0;
    for (let count = 0; !done() || count === 0; count += 1) {
      const started = performance.now();
      if (count % 2 === 0) await other.range({ key: `${prefix}000001` });
      else await other.put({ key: `${prefix}~`, value: `${count}` });
      slowestMs = Math.max(slowestMs, performance.now() - started);
      await sleep(5);
    }
    other.close();
    return slowestMs;
  }

  test(`${driver.name}: large lists do not delay small requests`, async () => {
    let done = false;
    const lists = Promise.all(Array.from({ length: 6 }, () => shared.client.range(withPrefix(prefix)))).finally(() => {
      done = true;
    });
    const slowestMs = await slowestUntil(() => done);
    for (const { count } of await lists) assert.ok(count >= 4_000);
    assert.ok(slowestMs < onThisMachine(latencyMsMax), `one took ${Math.round(slowestMs)} ms`);
  });

  test(`${driver.name}: watches that catch up do not delay small requests`, async () => {
    let done = false;
    const streams = Array.from({ length: 6 }, () => shared.client.watch());
    const caughtUp = Promise.all(
      streams.map(async (watch) => {
        await watch.create({ ...withPrefix(prefix), start_revision: 1 });
        return watch.events(4_000, { timeoutMs: 60_000 });
      }),
    ).finally(() => {
      done = true;
    });
    const slowestMs = await slowestUntil(() => done);
    await caughtUp;
    for (const watch of streams) watch.close();
    assert.ok(slowestMs < onThisMachine(latencyMsMax), `one took ${Math.round(slowestMs)} ms`);
  });

  test(`${driver.name}: a large delete and a compaction do not delay small requests`, async () => {
    let done = false;
    const change = (async () => {
      const { header } = await shared.client.deleteRange({ key: `${prefix}000100`, range_end: `${prefix}004000` });
      await shared.client.compact({ revision: header.revision, physical: true });
    })().finally(() => {
      done = true;
    });
    const slowestMs = await slowestUntil(() => done);
    await change;
    assert.ok(slowestMs < onThisMachine(latencyMsMax), `one took ${Math.round(slowestMs)} ms`);
  });
}
