import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { ApiError, grpcCodes } from '../../../ui/api-error.ts';
import { EventFeed, type FeedItem, rowsMax, waitingMax } from '../../../ui/events/event-feed.ts';
import type { WatchReply } from '../../../ui/messages.ts';

/** A watch that the test feeds: replies, a failure, or the end of the connection. */
class FakeWatch {
  readonly startRevision: number | undefined;
  readonly #signal: AbortSignal;
  readonly #parts: (WatchReply | Error | 'end')[] = [];
  #wake = () => {};

  constructor(startRevision: number | undefined, signal: AbortSignal) {
    this.startRevision = startRevision;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#wake());
  }

  send(part: WatchReply | Error | 'end'): Promise<void> {
    this.#parts.push(part);
    this.#wake();
    return setImmediate();
  }

  async *replies(): AsyncGenerator<WatchReply> {
    while (!this.#signal.aborted) {
      const part = this.#parts.shift();
      if (part === undefined) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      if (part === 'end') return;
      if (part instanceof Error) throw part;
      yield part;
    }
  }
}

function started(context: TestContext, startRevision?: number) {
  const watches: FakeWatch[] = [];
  let changes = 0;
  const feed = new EventFeed(startRevision, {
    open: (start, signal) => {
      const watch = new FakeWatch(start, signal);
      watches.push(watch);
      return watch.replies();
    },
    onChange: () => {
      changes += 1;
    },
    wait: () => setImmediate(),
  });
  context.after(() => feed.stop());
  const done = feed.run();
  return { feed, watches, done, watch: watches[0] as FakeWatch, changes: () => changes };
}

const created = (revision: number): WatchReply => ({ created: true, header: { revision: String(revision) } });

/** Puts of these revisions, one each. */
function puts(first: number, last: number): WatchReply {
  const revisions = Array.from({ length: last - first + 1 }, (_, index) => String(first + index));
  const events = revisions.map((revision) => ({
    kv: { key: 'YQ==', value: 'dg==', mod_revision: revision, create_revision: '1', version: '2' },
  }));
  return { header: { revision: String(last) }, events };
}

/** Revisions of events and numbers of skipped events, as listed. */
function listed(items: readonly FeedItem[]): readonly (string | number)[] {
  return items.map((item) => (item.kind === 'event' ? item.event.revision : item.count));
}

test('events are listed newest first', async (context) => {
  const { feed, watch } = started(context);
  assert.equal(feed.status.kind, 'connecting');
  await watch.send(created(9));
  assert.equal(feed.status.kind, 'live');
  await watch.send(puts(10, 12));
  await watch.send(puts(13, 13));
  assert.deepEqual(listed(feed.items), ['13', '12', '11', '10']);
  assert.equal(feed.receivedCount, 4);
});

test('the list keeps the newest events, and no more than its bound', async (context) => {
  const { feed, watch } = started(context);
  await watch.send(created(0));
  await watch.send(puts(1, rowsMax + 500));
  assert.equal(feed.items.length, rowsMax);
  assert.equal(listed(feed.items)[0], String(rowsMax + 500));
  await watch.send(puts(rowsMax + 501, rowsMax + 501));
  assert.equal(feed.items.length, rowsMax);
  assert.equal(listed(feed.items).at(-1), '502');
  assert.equal(feed.receivedCount, rowsMax + 501);
});

test('events of a pause wait and are shown afterwards, none is lost', async (context) => {
  const { feed, watch } = started(context);
  await watch.send(created(0));
  await watch.send(puts(1, 1));
  feed.pause();
  await watch.send(puts(2, 3));
  assert.deepEqual(listed(feed.items), ['1']);
  assert.equal(feed.waitingCount, 2);
  feed.resume();
  assert.deepEqual(listed(feed.items), ['3', '2', '1']);
  assert.deepEqual([feed.waitingCount, feed.skippedCount], [0, 0]);
});

test('a long pause keeps its newest events, and the list shows how many were skipped', async (context) => {
  const { feed, watch } = started(context);
  await watch.send(created(0));
  await watch.send(puts(1, 2));
  feed.pause();
  await watch.send(puts(3, 2_000));
  await watch.send(puts(2_001, 2_002));
  assert.equal(feed.waitingCount, waitingMax);
  assert.equal(feed.skippedCount, 2_000 - waitingMax);
  feed.resume();
  const shown = listed(feed.items);
  assert.equal(shown.length, waitingMax + 3);
  assert.equal(shown[0], '2002');
  assert.deepEqual(shown.slice(waitingMax - 1), [String(2_003 - waitingMax), 2_000 - waitingMax, '2', '1']);
});

test('after a broken connection the watch goes on with the next revision', async (context) => {
  const { feed, watches, watch } = started(context);
  assert.equal(watch.startRevision, undefined);
  await watch.send(created(20));
  await watch.send('end');
  await setImmediate();
  assert.equal(watches[1]?.startRevision, 21);
  await watches[1]?.send(created(25));
  await watches[1]?.send(puts(22, 23));
  await watches[1]?.send(new Error('reset'));
  await setImmediate();
  assert.equal(watches[2]?.startRevision, 24);
  assert.deepEqual(listed(feed.items), ['23', '22']);
});

test('a failure that passes is retried, a refusal is not', async (context) => {
  const { feed, watches, watch, done } = started(context, 5);
  assert.equal(watch.startRevision, 5);
  await watch.send(new ApiError('etcdserver: request timed out', 14));
  await setImmediate();
  assert.equal(watches.length, 2);
  assert.equal(watches[1]?.startRevision, 5);
  await watches[1]?.send(new ApiError('etcdserver: invalid auth token', grpcCodes.unauthenticated));
  await done;
  assert.deepEqual(feed.status, { kind: 'refused', reason: 'etcdserver: invalid auth token' });
  assert.equal(watches.length, 2);
});

test('a compacted revision and a lack of rights end the feed with their reason', async (context) => {
  const { feed, watch, done } = started(context, 3);
  await watch.send({ header: {}, canceled: true, compact_revision: '17' });
  await done;
  assert.deepEqual(feed.status, { kind: 'compacted', oldestRevision: 17 });

  const other = started(context);
  const reason = 'rpc error: code = PermissionDenied desc = etcdserver: permission denied';
  await other.watch.send({ header: {}, created: true, canceled: true, cancel_reason: reason });
  await other.done;
  assert.deepEqual(other.feed.status, { kind: 'refused', reason });
});

test('a stopped feed takes nothing more', async (context) => {
  const { feed, watch, done } = started(context);
  await watch.send(created(0));
  feed.stop();
  await watch.send(puts(1, 1));
  await done;
  assert.deepEqual(feed.items, []);
  assert.equal(feed.status.kind, 'stopped');
});
