import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { eventsOf, one, prefix, requested, settle, until, watching } from './watching.ts';

test('a progress request is answered for watch -1, at the newest committed revision, also of another process', async (context) => {
  const { source, open } = watching(context);
  source.pollMs = { min: 60_000, max: 60_000 };
  const { stream, session } = open();
  session.create(requested(one('a')), 0n);
  await settle();
  source.commit([{ key: 'a', value: '' }], { isSeen: false });
  source.commit([{ key: 'b', value: '' }], { isSeen: false });
  session.requestProgress();
  await until('it is answered', () => stream.responses.at(-1)?.watchId === -1n);
  assert.equal(eventsOf(stream.responses), 'a@2');
  assert.equal(stream.responses.at(-1)?.header?.revision, 3);
});

test('each progress request gets a reply', async (context) => {
  const { open } = watching(context);
  const { stream, session } = open();
  session.create(requested(one('a')), 0n);
  for (let count = 0; count < 3; count += 1) session.requestProgress();
  await settle();
  session.requestProgress();
  await settle();
  assert.equal(stream.responses.filter(({ watchId }) => watchId === -1n).length, 4);
});

test('without watches, or with a future or compacted watch, a progress request gets no reply, as in etcd', async (context) => {
  const { source, open } = watching(context);
  for (let count = 0; count < 9; count += 1) source.commit([{ key: 'a', value: '' }]);
  source.compact(5);
  const none = open();
  none.session.requestProgress();
  const future = open();
  future.session.create(requested(one('a'), { startRevision: 11 }), 0n);
  future.session.requestProgress();
  const compacted = open();
  compacted.session.create(requested(one('a'), { startRevision: 2 }), 0n);
  compacted.session.create(requested(one('a')), 0n);
  compacted.session.requestProgress();
  await settle();
  for (const { stream } of [none, future, compacted]) {
    assert.equal(
      stream.responses.some(({ watchId }) => watchId === -1n),
      false,
    );
  }
  compacted.session.cancel(0n);
  compacted.session.requestProgress();
  await until('it is answered', () => compacted.stream.responses.at(-1)?.watchId === -1n);
});

test('during the catch-up of a watch, the progress reply waits for it', async (context) => {
  const { source, open } = watching(context);
  for (let count = 0; count < 200; count += 1) source.commit([{ key: `a${count}`, value: '' }]);
  const { stream, session } = open();
  session.create(requested(prefix('a'), { startRevision: 2 }), 0n);
  session.requestProgress();
  await until('it is answered', () => stream.responses.at(-1)?.watchId === -1n);
  assert.ok(eventsOf(stream.responses).endsWith('a199@201'));
  assert.equal(stream.responses.at(-1)?.header?.revision, 201);
});

test('an idle watch with progress_notify receives progress, a busy one in the next interval', async (context) => {
  const { source, open } = watching(context, { progressIntervalMs: 100 });
  const { stream, session } = open();
  session.create(requested(one('a'), { progressNotify: true }), 0n);
  session.create(requested(one('b')), 0n);
  source.commit([{ key: 'a', value: '' }]);
  await new Promise((resolve) => setTimeout(resolve, 160));
  assert.equal(stream.responses.length, 3, 'two created, one event');
  await until('it is told', () => stream.responses.length === 4);
  const { watchId, header, events } = stream.responses[3] ?? {};
  assert.deepEqual([watchId, header?.revision, events], [0n, 2, []]);
});

test('while writes of this process never pause, a progress request is answered', async (context) => {
  const { source, open } = watching(context);
  const { stream, session } = open();
  session.create(requested(one('a')), 0n);
  await settle();
  // A read takes several batches.
  source.latencyTurns = () => 5;
  let isWriting = true;
  const commits: Promise<void>[] = [];
  const write = async () => {
    while (isWriting) {
      commits.push(source.commitFollowed([{ key: 'b', value: '' }]));
      await nextTurn();
    }
    await Promise.all(commits);
  };
  const written = write();
  session.requestProgress();
  await until('it is answered', () => stream.responses.at(-1)?.watchId === -1n).finally(() => {
    isWriting = false;
  });
  await written;
});
