import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import type { Keys } from '../../../src/mvcc/ids.ts';
import { watchLimits } from '../../../src/watch/watch-limits.ts';
import { FakeEventSource } from './fake-event-source.ts';
import { eventsOf, one, prefix, requested, settle, until, watching } from './watching.ts';

test('a watch without a start revision gets the events after its created response, for its keys only', async (context) => {
  const { source, open } = watching(context);
  source.commit([{ key: 'a', value: '1' }]);
  const { stream, session } = open();
  session.create(requested(one('a')), 0n);
  const created = stream.responses[0];
  assert.equal(created?.created, true);
  assert.equal(created?.header?.revision, 2);
  assert.equal(created?.header?.clusterId, 7n);
  source.commit([{ key: 'b', value: '1' }]);
  source.commit([{ key: 'a', value: '2' }]);
  source.commit([{ key: 'a' }]);
  await settle();
  assert.equal(eventsOf(stream.responses).replaceAll(' |', ''), 'a@4 -a@5');
});

test('events between the newest known revision and the tailer are neither lost nor sent too early', async (context) => {
  const { source, open } = watching(context);
  const early = open();
  early.session.create(requested(prefix('a')), 0n);
  source.latencyTurns = () => 20;
  source.commit([{ key: 'a1', value: '' }]);
  source.commit([{ key: 'a2', value: '' }]);
  // The tailer has delivered neither.
  const now = open();
  now.session.create(requested(prefix('a')), 0n);
  const past = open();
  past.session.create(requested(prefix('a'), { startRevision: 3 }), 0n);
  source.commit([{ key: 'a3', value: '' }]);
  await settle();
  await settle();
  assert.equal(eventsOf(now.stream.responses), 'a3@4');
  assert.equal(eventsOf(past.stream.responses).replaceAll(' |', ''), 'a2@3 a3@4');
});

test('a watch from a past revision is served from memory if possible, else from the database', async (context) => {
  const { source, open } = watching(context);
  for (let count = 0; count < 100; count += 1) source.commit([{ key: `a${count % 7}`, value: '' }]);
  const first = open();
  first.session.create(requested(one('a1'), { startRevision: 2 }), 0n);
  await settle();
  const expected = source.history.filter(({ key }) => key === 'a1').map(({ revision }) => `a1@${revision}`);
  assert.equal(eventsOf(first.stream.responses).replaceAll(' |', ''), expected.join(' '));
  const start = source.commit([{ key: 'a1', value: '' }]);
  await settle();
  const { readCount } = source;
  const second = open();
  second.session.create(requested(one('a1'), { startRevision: start }), 0n);
  assert.equal(eventsOf(second.stream.responses), `a1@${start}`);
  assert.equal(source.readCount, readCount, 'nothing was read');
});

test('a watch from a future revision gets no earlier events', async (context) => {
  const { source, open } = watching(context);
  const { stream, session } = open();
  session.create(requested(one('a'), { startRevision: 4 }), 0n);
  for (let count = 0; count < 5; count += 1) source.commit([{ key: 'a', value: '' }]);
  await settle();
  assert.equal(eventsOf(stream.responses).replaceAll(' |', ''), 'a@4 a@5 a@6');
});

test('a watch from a compacted revision is created, then canceled with the compact revision and no revision in its header', async (context) => {
  const { source, open } = watching(context);
  for (let count = 0; count < 9; count += 1) source.commit([{ key: 'a', value: '' }]);
  source.compact(6);
  const { stream, session } = open();
  session.create(requested(one('a'), { startRevision: 5 }), 0n);
  session.create(requested(one('a'), { startRevision: 6 }), 0n);
  await settle();
  const [created, canceled] = stream.responses;
  assert.deepEqual([created?.created, created?.canceled, created?.watchId], [true, false, 0n]);
  assert.deepEqual([canceled?.canceled, canceled?.compactRevision, canceled?.header?.revision], [true, 6, 0]);
  assert.equal(eventsOf(stream.responses, 1n).replaceAll(' |', ''), 'a@6 a@7 a@8 a@9 a@10');
  // The id stays taken until the client cancels it, as in etcd.
  session.cancel(0n);
  assert.deepEqual([stream.responses.at(-1)?.canceled, stream.responses.at(-1)?.compactRevision], [true, 0]);
});

test('a compaction by another process that is noticed during catch-up cancels the watch', async (context) => {
  const { source, open } = watching(context);
  for (let count = 0; count < 9; count += 1) source.commit([{ key: 'a', value: '' }]);
  source.compact(6, { isSeen: false });
  const { stream, session } = open();
  session.create(requested(one('a'), { startRevision: 3 }), 0n);
  await settle();
  assert.deepEqual(
    stream.responses.map(({ created, canceled, compactRevision }) => [created, canceled, compactRevision]),
    [
      [true, false, 0],
      [false, true, 6],
    ],
  );
});

test("a watch gets the next free id or the client's own; a used id is refused and an unknown one ignored", (context) => {
  const { open } = watching(context);
  const { stream, session } = open();
  assert.equal(session.create(requested(one('a')), 1n)?.id, 1n);
  assert.equal(session.create(requested(one('a')), 0n)?.id, 0n);
  assert.equal(session.create(requested(one('a')), 0n)?.id, 2n);
  assert.equal(session.create(requested(one('a')), 2n), undefined);
  session.cancel(17n);
  assert.equal(stream.responses.length, 3);
  session.cancel(2n);
  assert.equal(session.create(requested(one('a')), 2n)?.id, 2n);
  assert.equal(session.create(requested(one('a')), -5n)?.id, -5n);
  assert.equal(stream.responses.at(-1)?.watchId, -5n);
});

test('filters exclude a kind of event, and previous values are sent on request', async (context) => {
  const { source, open } = watching(context);
  const { stream, session } = open();
  session.create(requested(one('a'), { selection: { puts: false, deletes: true, previous: false } }), 0n);
  session.create(requested(one('a'), { selection: { puts: true, deletes: false, previous: true } }), 0n);
  session.create(requested(one('a'), { selection: { puts: false, deletes: false, previous: true } }), 0n);
  source.commit([{ key: 'a', value: '1' }]);
  source.commit([{ key: 'a', value: '2' }]);
  source.commit([{ key: 'a' }]);
  await settle();
  assert.equal(eventsOf(stream.responses, 0n), '-a@4');
  assert.equal(eventsOf(stream.responses, 1n).replaceAll(' |', ''), 'a@2 a@3');
  assert.equal(eventsOf(stream.responses, 2n), '');
  const previous = stream.responses.flatMap(({ events }) => events.map(({ prevKv }) => prevKv?.modRevision));
  assert.deepEqual(previous.sort(), [2, undefined, undefined]);
});

test('the value replaced by an event at the compacted revision is not sent', async (context) => {
  const { source, open } = watching(context);
  const { stream, session } = open();
  session.create(requested(one('a')), 0n);
  for (let count = 0; count < 4; count += 1) source.commit([{ key: 'a', value: '' }]);
  await settle();
  source.compact(4);
  const selection = { puts: true, deletes: true, previous: true };
  session.create(requested(one('a'), { startRevision: 4, selection }), 0n);
  await settle();
  const events = stream.responses.filter(({ watchId }) => watchId === 1n).flatMap((response) => response.events);
  assert.deepEqual(
    events.map(({ kv, prevKv }) => [kv?.modRevision, prevKv?.modRevision]),
    [
      [4, undefined],
      [5, 4],
    ],
  );
});

test('a transaction’s events arrive in one response whose header has its revision', async (context) => {
  const { source, open } = watching(context);
  const { stream, session } = open();
  session.create(requested(prefix('a')), 0n);
  source.commit([
    { key: 'a1', value: '' },
    { key: 'b', value: '' },
    { key: 'a2', value: '' },
  ]);
  await settle();
  assert.equal(eventsOf(stream.responses), 'a1@2 a2@2');
  assert.equal(stream.responses.at(-1)?.header?.revision, 2);
});

test('a large transaction is sent in fragments to a watch that allows them, and whole to another', async (context) => {
  const { source, open } = watching(context, { fragmentBytesMax: 1_000 });
  const { stream, session } = open();
  session.create(requested(prefix('a'), { fragment: true }), 0n);
  session.create(requested(prefix('a')), 0n);
  const value = 'v'.repeat(300);
  source.commit([1, 2, 3, 4, 5, 6, 7].map((number) => ({ key: `a${number}`, value })));
  await settle();
  assert.equal(eventsOf(stream.responses, 0n), 'a1@2 a2@2 a3@2 | a4@2 a5@2 a6@2 | a7@2');
  const fragments = stream.responses.filter(({ watchId, events }) => watchId === 0n && events.length > 0);
  assert.deepEqual(
    fragments.map(({ fragment }) => fragment),
    [true, true, false],
  );
  assert.equal(eventsOf(stream.responses, 1n), 'a1@2 a2@2 a3@2 a4@2 a5@2 a6@2 a7@2');
});

test('all responses of one page leave a stream in one write', async (context) => {
  const { source, open } = watching(context);
  const { stream, session } = open();
  for (let count = 0; count < 100; count += 1) session.create(requested(prefix('a')), 0n);
  await settle();
  const { sendCount } = stream;
  source.commit([{ key: 'a1', value: '' }]);
  await settle();
  assert.equal(stream.responses.length, 200);
  assert.equal(stream.sendCount, sendCount + 1);
});

test('a slow client delays no other client, uses bounded memory and misses nothing', async (context) => {
  const { source, open } = watching(context, { backlogBytesMax: 1, eventLogBytesMax: 300_000 });
  const slow = open();
  const quick = open();
  slow.stream.isSlow = true;
  slow.session.create(requested(prefix('a')), 0n);
  quick.session.create(requested(prefix('a')), 0n);
  const value = 'v'.repeat(1_000);
  for (let count = 0; count < 1_000; count += 1) {
    const revision = source.commit([{ key: `a${count}`, value }]);
    if (count % 10 === 0)
      await until('the quick one has it', () => eventsOf(quick.stream.responses).endsWith(`@${revision}`));
  }
  assert.ok(slow.stream.pendingBytesSeen < 300_000, `${slow.stream.pendingBytesSeen} bytes were held`);
  assert.ok(eventsOf(slow.stream.responses).length < eventsOf(quick.stream.responses).length);
  slow.stream.takeAll();
  const all = (text: string) => text.replaceAll(' |', '');
  await until(
    'the slow one has all',
    () => all(eventsOf(slow.stream.responses)) === all(eventsOf(quick.stream.responses)),
  );
});

test('many streams that are not read hold little each, and miss nothing when they are read', async (context) => {
  const backlogBytesMax = 1_000_000;
  const { source, open } = watching(context, { backlogBytesMax });
  const value = 'v'.repeat(10_000);
  for (let count = 0; count < 60; count += 1) source.commit([{ key: `a${count}`, value }]);
  const streams = Array.from({ length: 40 }, () => {
    const { stream, session } = open();
    stream.isSlow = true;
    session.create(requested(prefix('a'), { startRevision: 2 }), 0n);
    return stream;
  });
  const held = () => streams.reduce((sum, { pendingBytes }) => sum + pendingBytes, 0);
  await until('all have received', () => streams.every(({ responses }) => responses.length > 1));
  await settle();
  const perStream = watchLimits.streamBacklogBytesMin + watchLimits.shortResponseBytesMax;
  assert.ok(held() < 2 * backlogBytesMax + streams.length * perStream, `${held()} bytes are held`);
  for (const stream of streams) stream.takeAll();
  const all = Array.from({ length: 60 }, (_, index) => `a${index}@${2 + index}`).join(' ');
  const isWhole = ({ responses }: (typeof streams)[number]) => eventsOf(responses).replaceAll(' |', '') === all;
  await until('all have all', () => streams.every(isWhole));
});

test('a slow watch whose events were compacted is canceled, and another watch that missed nothing is not', async (context) => {
  const { source, open } = watching(context, { backlogBytesMax: 1, eventLogBytesMax: 10_000 });
  const { stream, session } = open();
  session.create(requested(prefix('a')), 0n);
  session.create(requested(prefix('b')), 0n);
  stream.isSlow = true;
  const value = 'v'.repeat(1_000);
  for (let count = 0; count < 300; count += 1) {
    source.commit([{ key: `a${count % 10}`, value }]);
    await settle();
  }
  source.compact(source.head.revision);
  stream.takeAll();
  source.commit([{ key: 'b', value }]);
  await until('the one is canceled', () => stream.responses.some(({ compactRevision }) => compactRevision === 301));
  await settle();
  assert.equal(eventsOf(stream.responses, 1n), 'b@302');
});

test('events compacted before the tailer read them cancel every live watch that may miss some', async (context) => {
  const { source, open } = watching(context);
  const { stream, session } = open();
  session.create(requested(one('a')), 0n);
  session.create(requested(one('a'), { startRevision: 1_000 }), 0n);
  await settle();
  source.isAway = true;
  for (let count = 0; count < 9; count += 1) source.commit([{ key: 'a', value: '' }], { isSeen: false });
  source.compact(8, { isSeen: false });
  source.isAway = false;
  await until('it is canceled', () => stream.responses.some(({ compactRevision }) => compactRevision === 8));
});

test('an outage of the database delays events and loses none', async (context) => {
  const { source, open } = watching(context);
  const { stream, session } = open();
  session.create(requested(one('a')), 0n);
  await settle();
  source.isAway = true;
  source.commit([{ key: 'a', value: '' }]);
  await settle();
  const late = open();
  late.session.create(requested(one('a'), { startRevision: 1 }), 0n);
  await settle();
  assert.equal(eventsOf(stream.responses), '');
  source.isAway = false;
  await until('the event came', () => eventsOf(stream.responses) === 'a@2');
  await until('it came to the other', () => eventsOf(late.stream.responses) === 'a@2');
});

test('the timer finds commits of other processes', async (context) => {
  const { source, open } = watching(context);
  const { stream, session } = open();
  session.create(requested(one('a')), 0n);
  await settle();
  source.commit([{ key: 'a', value: '' }], { isSeen: false });
  await until('the event came', () => eventsOf(stream.responses) === 'a@2');
});

test('batches that return their events replace polling: the timer sends no query meanwhile', async (context) => {
  const source = new FakeEventSource();
  source.pollMs = { min: 1_000, max: 1_000 };
  const { open } = watching(context, { source });
  const { stream, session } = open();
  session.create(requested(one('a')), 0n);
  await settle();
  let lookCount = 0;
  const readHead = source.readHead.bind(source);
  source.readHead = () => {
    lookCount += 1;
    return readHead();
  };
  const endMs = performance.now() + 1_500;
  while (performance.now() < endMs) {
    await source.commitFollowed([{ key: 'a', value: '' }]);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.equal(lookCount, 0);
  assert.equal(stream.responses.length - 1, source.history.length);
  await until('the timer looks again', () => lookCount > 0);
});

test('reading events in an outage of the database is retried without a line in the log', async (context) => {
  const source = new FakeEventSource();
  source.pollMs = { min: 60_000, max: 60_000 };
  source.isAway = true;
  const lines: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => lines.push(line) });
  const { open } = watching(context, { source, logger });
  const { stream, session } = open();
  session.create(requested(one('a')), 0n);
  await until('reads have failed', () => source.readCount > 1);
  source.isAway = false;
  await source.commitFollowed([{ key: 'a', value: '' }]);
  await until('the event came', () => eventsOf(stream.responses) === 'a@2');
  assert.deepEqual(lines, []);
});

test('without watches nothing is read, and a new watch replays nothing', async (context) => {
  const { source, hub, open } = watching(context);
  source.pollMs = { min: 1, max: 1 };
  const { session } = open();
  session.create(requested(one('a')), 0n);
  session.cancel(0n);
  await settle();
  const { readCount } = source;
  for (let count = 0; count < 100; count += 1) source.commit([{ key: 'a', value: '' }]);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(source.readCount, readCount);
  const { stream, session: next } = open();
  next.create(requested(one('a')), 0n);
  source.commit([{ key: 'a', value: '' }]);
  await until('the event came', () => eventsOf(stream.responses) === 'a@102');
  assert.equal(hub.statistics.eventsSent, 1);
});

test('a closed stream leaves nothing behind', async (context) => {
  const { source, hub, open } = watching(context);
  const { session } = open();
  for (let count = 0; count < 100; count += 1) session.create(requested(one(`a${count}`), { startRevision: 1 }), 0n);
  session.close();
  source.commit([{ key: 'a1', value: '' }]);
  await settle();
  const { streams, watchers, watchersBehind, eventLogBytes } = hub.statistics;
  assert.deepEqual(
    { streams, watchers, watchersBehind, eventLogBytes },
    { streams: 0, watchers: 0, watchersBehind: 0, eventLogBytes: 0 },
  );
});

test('a notification from another instance causes one read, and its content is not used as the head', async (context) => {
  const { source, open } = watching(context);
  source.pollMs = { min: 60_000, max: 60_000 };
  const { stream, session } = open();
  session.create(requested(one('a')), 0n);
  await settle();
  const { readCount } = source;
  // Nothing was written: the write was lost, or it belongs to another store.
  source.hint();
  await settle();
  await settle();
  assert.equal(source.readCount, readCount + 1);
  source.commit([{ key: 'a', value: '1' }], { isSeen: false });
  source.isAway = true;
  source.hint();
  await settle();
  source.isAway = false;
  await until('the event comes', () => stream.responses.length > 1);
  assert.equal(eventsOf(stream.responses), 'a@2');
});

test('for an event-fed cache without watches, the log is read when the head changes, without polling', async (context) => {
  const { source, cache } = watching(context);
  source.commit([{ key: 'a', value: '' }]);
  cache.toggle();
  source.commit([{ key: 'b', value: '' }], { isSeen: false });
  source.hint();
  await new Promise((resolve) => setTimeout(resolve, 10 * source.pollMs.max));
  assert.equal(source.readCount, 0);
  source.observeHead();
  await until('the cache has the event', () => cache.appliedCount === 1);
  cache.toggle();
  source.commit([{ key: 'c', value: '' }]);
  await settle();
  assert.equal(cache.appliedCount, 1);
});

test('a watch that starts while an event-fed cache is fed gets its own events, and the cache gets all events', async (context) => {
  const { source, cache, open } = watching(context);
  cache.toggle();
  source.commit([{ key: 'a1', value: '' }], { isSeen: false });
  const { stream, session } = open();
  session.create(requested(prefix('a')), 0n);
  source.commit([{ key: 'b', value: '' }]);
  source.commit([{ key: 'a2', value: '' }]);
  await until('the cache has all events', () => cache.appliedCount === 3);
  session.cancel(0n);
  source.commit([{ key: 'a3', value: '' }]);
  await until('the cache has the last event', () => cache.appliedCount === 4);
  assert.match(eventsOf(stream.responses), /a2@4$/);
});

test("for an event-fed cache without watches, the events of this process's own write are not read although its head is seen first", async (context) => {
  const { source, cache } = watching(context);
  source.commit([{ key: 'a', value: '' }]);
  cache.toggle();
  source.isWriting = true;
  source.latencyTurns = () => 3;
  const written = source.commitFollowed([{ key: 'b', value: '' }]);
  await until('it is committed', () => source.history.length === 2);
  source.observeHead();
  await written;
  assert.equal(cache.appliedCount, 1);
  assert.equal(source.readCount, 1, 'the write alone');
  source.commit([{ key: 'c', value: '' }]);
  await until('what another process wrote is read', () => cache.appliedCount === 2);
});

test('the keys of a watch are counted until the watch is cancelled', (context) => {
  const { stream, session } = watching(context).open();
  session.create(requested(one('k'.repeat(1_000))), 1n);
  session.create(requested({ start: 'a'.repeat(100), end: 'b'.repeat(100) } as Keys), 2n);
  assert.equal(session.create(requested(one('taken')), 1n), undefined);
  assert.equal(stream.keptBytes, 2 * 1_200);
  session.cancel(1n);
  session.cancel(1n);
  assert.equal(stream.keptBytes, 2 * 200);
});

test('a watch that was canceled before its turn to catch up reads nothing', async (context) => {
  const { source, open } = watching(context);
  for (let count = 0; count < 9; count += 1) source.commit([{ key: 'a', value: '' }]);
  const { session } = open();
  session.create(requested(one('b')), 0n);
  await settle();
  const readsBefore = source.readCount;
  for (let count = 0; count < 100; count += 1) {
    const watcher = session.create(requested(one('a'), { startRevision: 2 }), 0n);
    session.cancel(watcher?.id ?? -1n);
  }
  await settle();
  const reads = source.readCount - readsBefore;
  assert.ok(reads < 20, `${reads} reads`);
});

test('a watch that falls behind in the moment in which it became live gets each event once', async (context) => {
  const { source, hub, open } = watching(context, { backlogBytesMax: 1, eventLogBytesMax: 1 });
  source.commit([{ key: 'a', value: 'v'.repeat(100_000) }]);
  const { stream, session } = open();
  stream.isSlow = true;
  const join = hub.join.bind(hub);
  hub.join = (watcher) => {
    hub.join = join;
    hub.join(watcher);
    // The end of another read, in the same turn of the event loop.
    queueMicrotask(() => source.deliver(Array.from({ length: 50 }, () => ({ key: 'a', value: '' }))));
  };
  session.create(requested(one('a'), { startRevision: 2 }), 0n);
  await until('the watch is behind', () => hub.statistics.fellBehind === 1);
  await settle();
  stream.takeAll();
  await settle();
  const all = Array.from({ length: 51 }, (_, index) => `a@${2 + index}`).join(' ');
  assert.equal(eventsOf(stream.responses).replaceAll(' |', ''), all);
});
