import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DRIVERS, keysOf, suite, type WatchResponse, type WatchStream, withPrefix } from '../../support/index.ts';

for (const driver of DRIVERS) {
  const shared = suite(driver, { arguments: ['--watch-progress-notify-interval', '1s'] });

  function watching(use: (watch: WatchStream, prefix: string) => Promise<void>) {
    return async () => {
      const watch = shared.client.watch();
      try {
        await use(watch, shared.prefix());
      } finally {
        watch.close();
      }
    };
  }

  test(
    `${driver.name}: a watch uses the id that the client gave`,
    watching(async (watch, prefix) => {
      assert.equal((await watch.create({ key: prefix, watch_id: 42 })).watch_id, 42);
      await shared.client.put({ key: prefix });
      assert.equal((await watch.next()).watch_id, 42);
    }),
  );

  test(
    `${driver.name}: a watch without an id gets the next free id of the stream`,
    watching(async (watch, prefix) => {
      assert.equal((await watch.create({ key: prefix })).watch_id, 0);
      assert.equal((await watch.create({ key: prefix, watch_id: 1 })).watch_id, 1);
      assert.equal((await watch.create({ key: prefix })).watch_id, 2);
      assert.equal((await watch.create({ key: prefix })).watch_id, 3);
    }),
  );

  test(
    `${driver.name}: a duplicate watch id is refused, and the first watch continues`,
    watching(async (watch, prefix) => {
      await watch.create({ key: prefix, watch_id: 7 });
      const refused = await watch.create({ key: prefix, watch_id: 7 });
      assert.equal(refused.watch_id, -1);
      assert.equal(refused.canceled, true);
      assert.equal(refused.cancel_reason, 'mvcc: duplicate watch ID provided on the WatchStream');
      await shared.client.put({ key: prefix });
      assert.equal((await watch.next()).watch_id, 7);
    }),
  );

  test(
    `${driver.name}: a canceled watch is confirmed and sends no more events, and its id can be used again`,
    watching(async (watch, prefix) => {
      await watch.create({ key: prefix, watch_id: 5 });
      watch.cancel(5);
      const canceled = await watch.next();
      assert.equal(canceled.canceled, true);
      assert.equal(canceled.watch_id, 5);
      assert.equal(canceled.cancel_reason, '');
      assert.equal(canceled.compact_revision, 0);
      await shared.client.put({ key: prefix, value: 'unseen' });
      assert.equal((await watch.create({ key: prefix, watch_id: 5 })).watch_id, 5);
      await shared.client.put({ key: prefix, value: 'seen' });
      const [event] = await watch.events(1);
      assert.equal(event?.kv.value.toString(), 'seen');
    }),
  );

  test(
    `${driver.name}: a cancel of an unknown watch is ignored`,
    watching(async (watch, prefix) => {
      watch.cancel(99);
      await watch.create({ key: prefix, watch_id: 1 });
      await shared.client.put({ key: prefix });
      assert.equal((await watch.next()).watch_id, 1);
    }),
  );

  test(
    `${driver.name}: a request without a type is ignored`,
    watching(async (watch, prefix) => {
      watch.send({});
      assert.equal((await watch.create({ key: prefix })).created, true);
    }),
  );

  test(
    `${driver.name}: a watch from a compacted revision is canceled with the compacted revision`,
    watching(async (watch, prefix) => {
      const { client } = shared;
      const first = (await client.put({ key: prefix, value: '1' })).header.revision;
      await client.put({ key: prefix, value: '2' });
      const { revision } = (await client.put({ key: prefix, value: '3' })).header;
      await client.compact({ revision });
      const created = await watch.create({ key: prefix, start_revision: first, watch_id: 3 });
      assert.equal(created.created, true);
      assert.equal(created.canceled, false);
      const canceled = await watch.next();
      assert.equal(canceled.watch_id, 3);
      assert.equal(canceled.canceled, true);
      assert.equal(canceled.compact_revision, revision);
      assert.deepEqual(canceled.events, []);
      await watch.create({ key: prefix, start_revision: revision });
      assert.equal((await watch.events(1))[0]?.kv.value.toString(), '3');
    }),
  );

  test(
    `${driver.name}: a watch from the compacted revision receives the deletes of this revision`,
    watching(async (watch, prefix) => {
      const { client } = shared;
      const keys = Array.from({ length: 250 }, (_, index) => `${prefix}/${1_000 + index}`);
      for (const key of keys) await client.put({ key });
      const { revision } = (await client.deleteRange(withPrefix(prefix))).header;
      await client.put({ key: prefix });
      await client.compact({ revision, physical: true });
      await watch.create({ ...withPrefix(prefix), start_revision: revision });
      const events = await watch.events(keys.length + 1);
      assert.deepEqual(
        events.map(({ type, kv }) => `${type} ${kv.key}`),
        [...keys.map((key) => `DELETE ${key}`), `PUT ${prefix}`],
      );
    }),
  );

  test(
    `${driver.name}: a negative start revision is refused as compacted`,
    watching(async (watch, prefix) => {
      const created = await watch.create({ key: prefix, start_revision: -3 });
      assert.equal(created.watch_id, -1);
      assert.equal(created.canceled, true);
      assert.equal(created.cancel_reason, 'etcdserver: mvcc: required revision has been compacted');
    }),
  );

  test(
    `${driver.name}: a watch on an empty range is refused`,
    watching(async (watch, prefix) => {
      for (const range_end of [prefix, `${prefix.slice(0, -1)}`]) {
        const created = await watch.create({ key: prefix, range_end });
        assert.equal(created.watch_id, -1);
        assert.equal(created.created, true);
        assert.equal(created.canceled, true);
        assert.equal(created.cancel_reason, 'mvcc: watcher range is empty');
      }
    }),
  );

  test(
    `${driver.name}: a progress request returns the store's revision for the whole stream`,
    watching(async (watch, prefix) => {
      await watch.create({ key: `${prefix}quiet` });
      const { revision } = (await shared.client.put({ key: `${prefix}other` })).header;
      watch.requestProgress();
      const progress = await watch.next();
      assert.equal(progress.watch_id, -1);
      assert.deepEqual(progress.events, []);
      assert.equal(progress.created, false);
      assert.equal(progress.canceled, false);
      assert.equal(progress.header.revision, revision);
    }),
  );

  test(
    `${driver.name}: a progress reply is sent after every earlier event`,
    watching(async (watch, prefix) => {
      const { client } = shared;
      await watch.create(withPrefix(prefix));
      for (let round = 0; round < 30; round += 1) {
        const writes = Array.from({ length: 20 }, (_, index) => client.put({ key: `${prefix}${index}` }));
        const { revision } = (await client.put({ key: `${prefix}last` })).header;
        watch.requestProgress();
        const messages = await watch.until((message) => message.watch_id === -1);
        const progress = messages.at(-1) as WatchResponse;
        assert.ok(progress.header.revision >= revision, 'a progress request asks for the present');
        const revisions = messages.flatMap(({ events }) => events.map(({ kv }) => kv.mod_revision));
        assert.ok(revisions.includes(revision), 'an event before the told revision had not come');
        await Promise.all(writes);
        const late = await watch.take(() => true, 2).catch(() => undefined);
        for (const event of late?.events ?? []) assert.ok(event.kv.mod_revision > progress.header.revision);
        await drain(watch, prefix, client);
      }
    }),
  );

  async function drain(watch: WatchStream, prefix: string, client: typeof shared.client): Promise<void> {
    const { revision } = (await client.put({ key: `${prefix}drain` })).header;
    await watch.until(({ events }) => events.some(({ kv }) => kv.mod_revision === revision));
  }

  test(
    `${driver.name}: a quiet watch with progress_notify receives the revision periodically`,
    watching(async (watch, prefix) => {
      await watch.create({ key: `${prefix}quiet`, progress_notify: true, watch_id: 4 });
      const { revision } = (await shared.client.put({ key: `${prefix}other` })).header;
      const progress = await watch.take((message) => message.header.revision >= revision, 6_000);
      assert.equal(progress.watch_id, 4);
      assert.deepEqual(progress.events, []);
      assert.equal(progress.created, false);
    }),
  );

  test(
    `${driver.name}: a watch without progress_notify receives no progress notifications`,
    watching(async (watch, prefix) => {
      await watch.create({ key: `${prefix}quiet` });
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      assert.deepEqual(watch.waiting, []);
    }),
  );

  test(
    `${driver.name}: many watches on one stream each receive the events of their own keys`,
    watching(async (watch, prefix) => {
      const count = 200;
      for (let id = 1; id <= count; id += 1) watch.send({ create_request: { key: `${prefix}${id}`, watch_id: id } });
      for (let id = 1; id <= count; id += 1) assert.equal((await watch.next()).watch_id, id);
      for (let id = 1; id <= count; id += 1) await shared.client.put({ key: `${prefix}${id}` });
      const seen = new Map<number, string[]>();
      while (seen.size < count) {
        const message = await watch.next();
        seen.set(message.watch_id, keysOf(message.events));
      }
      for (let id = 1; id <= count; id += 1) assert.deepEqual(seen.get(id), [`${prefix}${id}`]);
    }),
  );

  test(
    `${driver.name}: two watches on one key both receive the event`,
    watching(async (watch, prefix) => {
      await watch.create({ key: prefix, watch_id: 1 });
      await watch.create({ ...withPrefix(prefix), watch_id: 2 });
      await shared.client.put({ key: prefix });
      const ids = [(await watch.next()).watch_id, (await watch.next()).watch_id];
      assert.deepEqual(ids.sort(), [1, 2]);
    }),
  );

  test(
    `${driver.name}: a watch with fragment receives large responses in marked fragments`,
    watching(async (watch, prefix) => {
      const value = Buffer.alloc(300_000, 'x');
      const { revision } = (await shared.client.range({ key: prefix })).header;
      for (let index = 0; index < 12; index += 1) await shared.client.put({ key: `${prefix}${index}`, value });
      await watch.create({ ...withPrefix(prefix), fragment: true, start_revision: revision + 1 });
      const messages = await watch.until(
        (() => {
          let seen = 0;
          return ({ events }: WatchResponse) => {
            seen += events.length;
            return seen === 12;
          };
        })(),
      );
      assert.ok(messages.length > 1, 'more than 3 MB do not come in one piece');
      for (const message of messages) {
        const bytes = message.events.reduce((sum, { kv }) => sum + kv.value.length, 0);
        assert.ok(bytes < 2.5 * 1024 * 1024, `a piece of ${bytes} bytes`);
      }
      assert.equal(messages.at(-1)?.fragment, false, 'the last piece says that it is the last');
    }),
  );

  test(
    `${driver.name}: a watch without fragment also receives large events`,
    watching(async (watch, prefix) => {
      const value = Buffer.alloc(1_000_000, 'x');
      await watch.create(withPrefix(prefix));
      for (let index = 0; index < 10; index += 1) await shared.client.put({ key: `${prefix}${index}`, value });
      const events = await watch.events(10);
      assert.ok(events.every(({ kv }) => kv.value.equals(value)));
    }),
  );

  test(
    `${driver.name}: a client that ends its side of the stream still receives events`,
    watching(async (watch, prefix) => {
      await watch.create({ key: prefix });
      watch.finish();
      await shared.client.put({ key: prefix, value: 'after' });
      const [event] = await watch.events(1);
      assert.equal(event?.kv.value.toString(), 'after');
    }),
  );
}
