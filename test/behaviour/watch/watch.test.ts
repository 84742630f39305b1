import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DRIVERS, type Event, keysOf, suite, type WatchStream, withPrefix } from '../../support/index.ts';

for (const driver of DRIVERS) {
  const shared = suite(driver);

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

  const summary = (events: Event[]) => events.map(({ type, kv }) => `${type} ${kv.key} ${kv.value}`);

  test(
    `${driver.name}: a watch on a key receives its puts and deletes and no other events`,
    watching(async (watch, prefix) => {
      const { client } = shared;
      const created = await watch.create({ key: `${prefix}a` });
      assert.equal(created.created, true);
      assert.equal(created.canceled, false);
      assert.deepEqual(created.events, []);
      const first = await client.put({ key: `${prefix}a`, value: '1' });
      await client.put({ key: `${prefix}aa`, value: 'other' });
      const second = await client.put({ key: `${prefix}a`, value: '2' });
      const third = await client.deleteRange({ key: `${prefix}a` });
      const [created1, changed, deleted] = await watch.events(3);
      assert.deepEqual(created1, {
        type: 'PUT',
        kv: {
          key: Buffer.from(`${prefix}a`),
          value: Buffer.from('1'),
          create_revision: first.header.revision,
          mod_revision: first.header.revision,
          version: 1,
          lease: 0n,
        },
        prev_kv: null,
      });
      assert.equal(changed?.kv.version, 2);
      assert.equal(changed?.kv.create_revision, first.header.revision);
      assert.equal(changed?.kv.mod_revision, second.header.revision);
      assert.deepEqual(deleted, {
        type: 'DELETE',
        kv: {
          key: Buffer.from(`${prefix}a`),
          value: Buffer.alloc(0),
          create_revision: 0,
          mod_revision: third.header.revision,
          version: 0,
          lease: 0n,
        },
        prev_kv: null,
      });
    }),
  );

  test(
    `${driver.name}: a watch on a range includes the start key and excludes the end key`,
    watching(async (watch, prefix) => {
      await watch.create({ key: `${prefix}b`, range_end: `${prefix}d` });
      for (const name of ['a', 'b', 'c', 'd', 'c/1']) await shared.client.put({ key: prefix + name });
      assert.deepEqual(keysOf(await watch.events(3)), [`${prefix}b`, `${prefix}c`, `${prefix}c/1`]);
    }),
  );

  test(
    `${driver.name}: a watch can cover a prefix, all keys from a start key, or all keys`,
    watching(async (watch, prefix) => {
      await watch.create({ ...withPrefix(prefix), watch_id: 1 });
      await watch.create({ key: `${prefix}b`, range_end: '\0', watch_id: 2 });
      await watch.create({ key: '\0', range_end: '\0', watch_id: 3 });
      await watch.create({ key: '', range_end: '\0', watch_id: 4 });
      for (const name of ['a', 'b']) await shared.client.put({ key: prefix + name });
      assert.deepEqual(keysOf(await watch.events(2, { watchId: 1 })), [`${prefix}a`, `${prefix}b`]);
      assert.deepEqual(keysOf(await watch.events(1, { watchId: 2 })), [`${prefix}b`]);
      assert.deepEqual(keysOf(await watch.events(2, { watchId: 3 })), [`${prefix}a`, `${prefix}b`]);
      assert.deepEqual(keysOf(await watch.events(2, { watchId: 4 })), [`${prefix}a`, `${prefix}b`]);
    }),
  );

  test(
    `${driver.name}: a watch without a start revision receives later writes only`,
    watching(async (watch, prefix) => {
      await shared.client.put({ key: prefix, value: 'before' });
      await watch.create({ key: prefix });
      await shared.client.put({ key: prefix, value: 'after' });
      assert.deepEqual(summary(await watch.events(1)), [`PUT ${prefix} after`]);
    }),
  );

  test(
    `${driver.name}: a watch from a past revision receives all events since then, and later ones`,
    watching(async (watch, prefix) => {
      const { client } = shared;
      await client.put({ key: prefix, value: '0' });
      const { revision } = (await client.put({ key: prefix, value: '1' })).header;
      await client.put({ key: prefix, value: '2' });
      await client.deleteRange({ key: prefix });
      await watch.create({ key: prefix, start_revision: revision });
      assert.deepEqual(summary(await watch.events(3)), [`PUT ${prefix} 1`, `PUT ${prefix} 2`, `DELETE ${prefix} `]);
      await client.put({ key: prefix, value: '3' });
      assert.deepEqual(summary(await watch.events(1)), [`PUT ${prefix} 3`]);
    }),
  );

  test(
    `${driver.name}: a watch from the current revision includes that revision`,
    watching(async (watch, prefix) => {
      const { revision } = (await shared.client.put({ key: prefix, value: 'now' })).header;
      await watch.create({ key: prefix, start_revision: revision });
      assert.deepEqual(summary(await watch.events(1)), [`PUT ${prefix} now`]);
    }),
  );

  test(
    `${driver.name}: a watch from a future revision skips events before it`,
    watching(async (watch, prefix) => {
      const { revision } = (await shared.client.put({ key: prefix, value: 'now' })).header;
      const created = await watch.create({ key: prefix, start_revision: revision + 3 });
      assert.equal(created.canceled, false);
      for (const value of ['+1', '+2', '+3', '+4']) await shared.client.put({ key: prefix, value });
      assert.deepEqual(summary(await watch.events(2)), [`PUT ${prefix} +3`, `PUT ${prefix} +4`]);
    }),
  );

  test(
    `${driver.name}: a watch from revision 1 replays the whole history in order`,
    watching(async (watch, prefix) => {
      const expected: string[] = [];
      for (let index = 0; index < 300; index += 1) {
        await shared.client.put({ key: `${prefix}${index % 7}`, value: `${index}` });
        expected.push(`PUT ${prefix}${index % 7} ${index}`);
      }
      await watch.create({ ...withPrefix(prefix), start_revision: 1 });
      const events = await watch.events(300);
      assert.deepEqual(summary(events), expected);
      const revisions = events.map(({ kv }) => kv.mod_revision);
      assert.deepEqual(
        revisions,
        revisions.toSorted((a, b) => a - b),
      );
    }),
  );

  test(
    `${driver.name}: a watch with prev_kv receives the previous key-value`,
    watching(async (watch, prefix) => {
      const { client } = shared;
      await watch.create({ key: prefix, prev_kv: true });
      const first = await client.put({ key: prefix, value: '1' });
      await client.put({ key: prefix, value: '2' });
      await client.deleteRange({ key: prefix });
      await client.put({ key: prefix, value: '3' });
      const [created, changed, deleted, again] = await watch.events(4);
      assert.equal(created?.prev_kv, null);
      assert.deepEqual(changed?.prev_kv, {
        key: Buffer.from(prefix),
        value: Buffer.from('1'),
        create_revision: first.header.revision,
        mod_revision: first.header.revision,
        version: 1,
        lease: 0n,
      });
      assert.equal(deleted?.prev_kv?.value.toString(), '2');
      assert.equal(deleted?.prev_kv?.version, 2);
      assert.equal(again?.prev_kv, null, 'a deleted key has no previous pair');
    }),
  );

  test(
    `${driver.name}: a watch from a past revision with prev_kv receives the previous key-values too`,
    watching(async (watch, prefix) => {
      const { revision } = (await shared.client.put({ key: prefix, value: '1' })).header;
      await shared.client.put({ key: prefix, value: '2' });
      await shared.client.deleteRange({ key: prefix });
      await watch.create({ key: prefix, prev_kv: true, start_revision: revision + 1 });
      const events = await watch.events(2);
      assert.deepEqual(
        events.map(({ type, prev_kv }) => `${type} ${prev_kv?.value}`),
        ['PUT 1', 'DELETE 2'],
      );
    }),
  );

  test(
    `${driver.name}: filters can exclude puts or deletes`,
    watching(async (watch, prefix) => {
      await watch.create({ key: prefix, watch_id: 1, filters: ['NOPUT'] });
      await watch.create({ key: prefix, watch_id: 2, filters: ['NODELETE'] });
      await watch.create({ key: prefix, watch_id: 3 });
      await shared.client.put({ key: prefix, value: '1' });
      await shared.client.deleteRange({ key: prefix });
      await shared.client.put({ key: prefix, value: '2' });
      await watch.events(3, { watchId: 3 });
      assert.deepEqual(summary(await watch.events(2, { watchId: 2 })), [`PUT ${prefix} 1`, `PUT ${prefix} 2`]);
      assert.deepEqual(summary(await watch.events(1, { watchId: 1 })), [`DELETE ${prefix} `]);
      assert.deepEqual(watch.waiting, []);
    }),
  );

  test(
    `${driver.name}: filters also apply to past events`,
    watching(async (watch, prefix) => {
      const { revision } = (await shared.client.put({ key: prefix, value: '1' })).header;
      await shared.client.deleteRange({ key: prefix });
      await watch.create({ key: prefix, watch_id: 1, filters: ['NOPUT'], start_revision: revision });
      assert.deepEqual(summary(await watch.events(1)), [`DELETE ${prefix} `]);
    }),
  );

  test(
    `${driver.name}: the events of a transaction come in one response, in the order of its operations`,
    watching(async (watch, prefix) => {
      const { client } = shared;
      await client.put({ key: `${prefix}gone` });
      await watch.create(withPrefix(prefix));
      const { header } = await client.txn({
        success: [
          { request_put: { key: `${prefix}c`, value: '1' } },
          { request_put: { key: `${prefix}a`, value: '2' } },
          { request_delete_range: { key: `${prefix}gone` } },
          { request_put: { key: `${prefix}b`, value: '3' } },
        ],
      });
      const message = await watch.next();
      assert.deepEqual(summary(message.events), [
        `PUT ${prefix}c 1`,
        `PUT ${prefix}a 2`,
        `DELETE ${prefix}gone `,
        `PUT ${prefix}b 3`,
      ]);
      assert.equal(message.header.revision, header.revision);
      for (const event of message.events) assert.equal(event.kv.mod_revision, header.revision);
    }),
  );

  test(
    `${driver.name}: the header of a response holds at least the revision of its last event`,
    watching(async (watch, prefix) => {
      await watch.create(withPrefix(prefix));
      await Promise.all(Array.from({ length: 200 }, (_, index) => shared.client.put({ key: `${prefix}${index}` })));
      let seen = 0;
      let last = 0;
      while (seen < 200) {
        const message = await watch.next();
        for (const { kv } of message.events) {
          assert.ok(kv.mod_revision > last, 'revisions only grow');
          last = kv.mod_revision;
        }
        assert.ok(message.header.revision >= last);
        seen += message.events.length;
      }
    }),
  );

  test(
    `${driver.name}: events have the lease of their keys`,
    watching(async (watch, prefix) => {
      const { ID } = await shared.client.leaseGrant({ TTL: 600 });
      await watch.create({ key: prefix });
      await shared.client.put({ key: prefix, lease: ID });
      const [event] = await watch.events(1);
      assert.equal(event?.kv.lease, ID);
    }),
  );

  test(
    `${driver.name}: a write that changes nothing sends no event`,
    watching(async (watch, prefix) => {
      await watch.create(withPrefix(prefix));
      await shared.client.deleteRange({ key: `${prefix}missing` });
      await shared.client.txn({ success: [{ request_range: { key: prefix } }] });
      await shared.client.put({ key: `${prefix}end` });
      const message = await watch.next();
      assert.deepEqual(keysOf(message.events), [`${prefix}end`]);
    }),
  );

  test(`${driver.name}: a watch created during writes misses no event and repeats none`, async () => {
    const { client } = shared;
    const prefix = shared.prefix();
    const { revision } = (await client.put({ key: `${prefix}0`, value: '0' })).header;
    let count = 0;
    let writing = true;
    const writer = (async () => {
      while (writing) {
        count += 1;
        await client.put({ key: `${prefix}${count % 10}`, value: `${count}` });
      }
    })();
    const streams = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        await new Promise((resolve) => setTimeout(resolve, index * 20));
        const watch = client.watch();
        await watch.create({ ...withPrefix(prefix), start_revision: revision });
        return watch;
      }),
    );
    writing = false;
    await writer;
    for (const watch of streams) {
      const events = await watch.events(count + 1);
      assert.deepEqual(
        events.map(({ kv }) => Number(kv.value)),
        Array.from({ length: count + 1 }, (_, index) => index),
      );
      watch.close();
    }
  });
}
