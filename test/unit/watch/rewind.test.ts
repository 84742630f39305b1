import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LocalWatch } from '../../../src/watch/local-watch.ts';
import type { WatchResponse } from '../../../src/wire/generated/etcdserverpb/watch.ts';
import type { Change } from './fake-event-source.ts';
import { eventsOf, one, prefix, requested, settle, until, type Watching, watching } from './watching.ts';

const put = (key: string): Change => ({ key, value: '' });

function putTimes({ source }: Watching, count: number): void {
  for (let index = 0; index < count; index += 1) source.commit([put('a')]);
}

function canceledBy(responses: readonly WatchResponse[]) {
  return responses
    .filter(({ canceled }) => canceled)
    .map(({ watchId, compactRevision, header }) => [watchId, compactRevision, header?.revision]);
}

test('a live watch ends as compacted when the database has lost rows, and a new one gets every event', async (context) => {
  const under = watching(context);
  const { stream, session } = under.open();
  session.create(requested(one('a')), 0n);
  putTimes(under, 10);
  await settle();
  under.source.rewind(4);
  assert.deepEqual(canceledBy(stream.responses), [[0n, 1, 0]]);
  assert.equal(under.hub.revision, 5);
  session.create(requested(one('a')), 1n);
  putTimes(under, 2);
  await settle();
  assert.equal(eventsOf(stream.responses, 1n).replaceAll(' |', ''), 'a@6 a@7');
  assert.equal(eventsOf(stream.responses).replaceAll(' |', '').split(' ').length, 10, 'nothing after its end');
});

test('a watch ends as compacted although other instances have written more than was lost', async (context) => {
  const under = watching(context);
  const { stream, session } = under.open();
  session.create(requested(one('a')), 0n);
  putTimes(under, 10);
  await settle();
  under.source.rewind(
    4,
    Array.from({ length: 20 }, () => put('b')),
  );
  assert.deepEqual(canceledBy(stream.responses), [[0n, 1, 0]]);
  session.create(requested(prefix('b')), 1n);
  under.source.commit([put('b')]);
  await settle();
  assert.equal(eventsOf(stream.responses, 1n), 'b@26');
});

test('a watch that catches up ends as compacted, and the reads under way send nothing', async (context) => {
  const under = watching(context);
  putTimes(under, 40);
  under.source.latencyTurns = () => 5;
  const { stream, session } = under.open();
  session.create(requested(one('a'), { startRevision: 2 }), 0n);
  for (let turn = 0; turn < 7; turn += 1) await new Promise(setImmediate);
  assert.equal(under.hub.statistics.watchersBehind, 1);
  const { length } = stream.responses;
  under.source.rewind(4);
  await settle();
  assert.deepEqual(canceledBy(stream.responses), [[0n, 1, 0]]);
  assert.equal(stream.responses.length, length + 1);
  assert.equal(under.hub.statistics.watchersBehind, 0);
});

test('a watch with unsent events ends as compacted', async (context) => {
  const under = watching(context, { backlogBytesMax: 1 });
  const { stream, session } = under.open();
  session.create(requested(one('a')), 0n);
  stream.isSlow = true;
  const value = 'v'.repeat(10_000);
  for (let index = 0; index < 300; index += 1) under.source.commit([{ key: 'a', value }]);
  await settle();
  assert.equal(under.hub.statistics.watchersBehind, 1);
  under.source.rewind(4);
  stream.takeAll();
  await settle();
  assert.deepEqual(canceledBy(stream.responses), [[0n, 1, 0]]);
  assert.equal(stream.responses.at(-1)?.canceled, true);
});

test('a watch of the future stays if it begins after all lost revisions', async (context) => {
  const under = watching(context);
  putTimes(under, 10);
  const { stream, session } = under.open();
  session.create(requested(one('a'), { startRevision: 12 }), 0n);
  session.create(requested(one('a'), { startRevision: 13 }), 1n);
  under.source.rewind(4);
  assert.deepEqual(canceledBy(stream.responses), [[0n, 1, 0]]);
  putTimes(under, 10);
  await settle();
  assert.equal(eventsOf(stream.responses, 1n).replaceAll(' |', ''), 'a@13 a@14 a@15');
});

test('a new watch that continues after a lost revision ends as compacted, until the revision is reached again', async (context) => {
  const under = watching(context);
  const { stream, session } = under.open();
  session.create(requested(one('x')), 9n);
  putTimes(under, 10);
  await settle();
  under.source.rewind(4);
  session.create(requested(one('a'), { startRevision: 12 }), 1n);
  session.create(requested(one('a'), { startRevision: 7 }), 2n);
  session.create(requested(one('a'), { startRevision: 6 }), 3n);
  session.create(requested(one('a'), { startRevision: 13 }), 4n);
  assert.deepEqual(
    canceledBy(stream.responses).map(([id]) => id),
    [9n, 1n, 2n],
  );
  putTimes(under, 10);
  session.create(requested(one('a'), { startRevision: 12 }), 5n);
  await settle();
  assert.equal(eventsOf(stream.responses, 3n).replaceAll(' |', '').split(' ').length, 10);
  assert.equal(eventsOf(stream.responses, 5n).replaceAll(' |', ''), 'a@12 a@13 a@14 a@15');
});

test('the compact revision of the end is the mark that is left', async (context) => {
  const under = watching(context);
  const { stream, session } = under.open();
  session.create(requested(one('a')), 0n);
  putTimes(under, 10);
  await settle();
  under.source.compact(9);
  under.source.rewind(7, [], { compactRevision: 3 });
  assert.deepEqual(canceledBy(stream.responses), [[0n, 3, 0]]);
});

test('a progress request that waits for a lost revision is answered', async (context) => {
  const under = watching(context);
  under.source.latencyTurns = () => 5;
  const { stream, session } = under.open();
  session.create(requested(one('a'), { startRevision: 100 }), 0n);
  putTimes(under, 10);
  const reached = under.hub.catchUp();
  await new Promise(setImmediate);
  under.source.rewind(4);
  assert.equal(await reached, 5);
  assert.deepEqual(canceledBy(stream.responses), []);
});

test('a local watch ends as compacted', async (context) => {
  const under = watching(context);
  const watch = new LocalWatch(under.hub, {
    keys: [one('a')],
    selection: { puts: true, deletes: true },
    afterRevision: 1,
  });
  context.after(() => watch.close());
  putTimes(under, 3);
  await until('the events arrive', () => under.hub.position.revision === 4);
  under.source.rewind(1);
  const next = watch.next();
  assert.notEqual(await next, 'compacted');
  for (;;) if ((await watch.next()) === 'compacted') break;
});
