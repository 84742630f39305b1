import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DRIVERS, EtcdClient, suite, withPrefix } from '../../support/index.ts';

for (const driver of DRIVERS) {
  const shared = suite(driver);

  test(`${driver.name}: a client that does not read delays no other client and misses no event`, async () => {
    const { client, server } = shared;
    const prefix = shared.prefix();
    const slowClient = new EtcdClient(server.address);
    const slow = slowClient.watch();
    await slow.create(withPrefix(prefix));
    slow.pause();
    const fast = client.watch();
    await fast.create(withPrefix(prefix));
    const value = Buffer.alloc(20_000, 'x');
    const count = 1_000;
    for (let first = 0; first < count; first += 50) {
      await Promise.all(
        Array.from({ length: 50 }, (_, index) => client.put({ key: `${prefix}${first + index}`, value })),
      );
    }
    const seen = await fast.events(count, { timeoutMs: 20_000 });
    fast.close();
    assert.equal(seen.length, count);
    const started = Date.now();
    await client.range({ key: `${prefix}0` });
    assert.ok(Date.now() - started < 1_000, 'the server answers others');
    slow.resume();
    const late = await slow.events(count, { timeoutMs: 30_000 });
    slowClient.close();
    assert.deepEqual(
      late.map(({ kv }) => kv.key.toString()),
      seen.map(({ kv }) => kv.key.toString()),
    );
  });

  test(`${driver.name}: each of a thousand watches on one server receives its event`, async () => {
    const { client, server } = shared;
    const prefix = shared.prefix();
    const others = Array.from({ length: 10 }, () => new EtcdClient(server.address));
    const streams = await Promise.all(
      Array.from({ length: 1_000 }, async (_, index) => {
        const watch = (others[index % 10] as EtcdClient).watch();
        await watch.create({ key: `${prefix}${index}` });
        return watch;
      }),
    );
    for (let first = 0; first < 1_000; first += 100) {
      await Promise.all(Array.from({ length: 100 }, (_, index) => client.put({ key: `${prefix}${first + index}` })));
    }
    for (const [index, watch] of streams.entries()) {
      const [event] = await watch.events(1, { timeoutMs: 20_000 });
      assert.equal(event?.kv.key.toString(), `${prefix}${index}`);
      assert.deepEqual(watch.waiting, []);
    }
    for (const other of others) other.close();
  });

  test(`${driver.name}: each of fifty watches on one prefix receives every event once and in order`, async () => {
    const { client } = shared;
    const prefix = shared.prefix();
    const streams = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const watch = client.watch();
        await watch.create(withPrefix(prefix));
        return watch;
      }),
    );
    await Promise.all(Array.from({ length: 300 }, (_, index) => client.put({ key: `${prefix}${index % 30}` })));
    const [first, ...rest] = await Promise.all(streams.map((watch) => watch.events(300)));
    const revisions = first?.map(({ kv }) => kv.mod_revision) ?? [];
    assert.equal(new Set(revisions).size, 300);
    assert.deepEqual(
      revisions,
      revisions.toSorted((a, b) => a - b),
    );
    for (const events of rest) assert.deepEqual(events, first);
    for (const watch of streams) watch.close();
  });

  test(`${driver.name}: many opened and closed watches leave nothing behind in the server`, async () => {
    const { client, server } = shared;
    const prefix = shared.prefix();
    for (let round = 0; round < 10; round += 1) {
      const passing = new EtcdClient(server.address);
      const streams = Array.from({ length: 50 }, () => passing.watch());
      await Promise.all(streams.map((watch) => watch.create(withPrefix(prefix))));
      passing.close();
    }
    const watch = client.watch();
    await watch.create(withPrefix(prefix));
    await client.put({ key: `${prefix}still` });
    assert.equal((await watch.events(1))[0]?.kv.key.toString(), `${prefix}still`);
    watch.close();
  });

  test(`${driver.name}: two thousand watch streams can share one connection`, async () => {
    const { server } = shared;
    const prefix = shared.prefix();
    const single = new EtcdClient(server.address);
    const streams = Array.from({ length: 2_000 }, () => single.watch());
    await Promise.all(streams.map((watch, index) => watch.create({ key: `${prefix}${index % 20}` }, 20_000)));
    for (let index = 0; index < 20; index += 1) await single.put({ key: `${prefix}${index}` });
    for (const [index, watch] of streams.entries()) {
      const [event] = await watch.events(1, { timeoutMs: 20_000 });
      assert.equal(event?.kv.key.toString(), `${prefix}${index % 20}`);
    }
    single.close();
  });

  test(`${driver.name}: a slow client whose events were compacted is canceled, with no gap before that`, async () => {
    const { client, server } = shared;
    const prefix = shared.prefix();
    const slowClient = new EtcdClient(server.address);
    const slow = slowClient.watch();
    await slow.create(withPrefix(prefix));
    slow.pause();
    const value = Buffer.alloc(100_000, 'x');
    const revisions: number[] = [];
    for (let index = 0; index < 600; index += 1)
      revisions.push((await client.put({ key: prefix, value })).header.revision);
    const last = revisions.at(-1) as number;
    await client.compact({ revision: last, physical: true });
    slow.resume();
    const seen: number[] = [];
    for (;;) {
      const message = await slow.next(20_000);
      seen.push(...message.events.map(({ kv }) => kv.mod_revision));
      if (message.canceled) {
        assert.equal(message.compact_revision, last);
        break;
      }
      if (seen.at(-1) === last) break;
    }
    slowClient.close();
    assert.deepEqual(seen, revisions.slice(0, seen.length));
  });
}
