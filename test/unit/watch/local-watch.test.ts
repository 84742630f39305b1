import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LocalWatch } from '../../../src/watch/local-watch.ts';
import { watchLimits } from '../../../src/watch/watch-limits.ts';
import { one, prefix, settle, until, watching } from './watching.ts';

const everything = { puts: true, deletes: true };

/** The revisions of all events that a watch sees, up to the given one. */
async function revisionsThrough(watch: LocalWatch, last: number): Promise<number[]> {
  const revisions: number[] = [];
  while (revisions.at(-1) !== last) {
    const seen = await watch.next();
    assert.notEqual(seen, 'compacted');
    if (seen !== 'compacted') revisions.push(...seen.events.map(({ revision }) => revision));
  }
  return revisions;
}

test('an internal watch sees events after a revision, past or future', async (context) => {
  const { source, hub } = watching(context);
  const before = source.commit([{ key: 'a', value: '1' }]);
  source.commit([{ key: 'b', value: '1' }]);
  const there = source.commit([{ key: 'a', value: '2' }]);
  const watch = new LocalWatch(hub, { keys: [one('a')], selection: everything, afterRevision: before });
  context.after(() => watch.close());
  const first = await watch.next();
  assert.deepEqual(first !== 'compacted' && first.events.map(({ type, revision }) => [type, revision]), [
    ['put', there],
  ]);
  const next = watch.next();
  const gone = source.commit([{ key: 'a' }]);
  const second = await next;
  assert.deepEqual(second !== 'compacted' && second.events.map(({ type, revision }) => [type, revision]), [
    ['delete', gone],
  ]);
});

test('an internal watch on several keys sees each key, and only the requested kinds of events', async (context) => {
  const { source, hub } = watching(context);
  const watch = new LocalWatch(hub, {
    keys: [one('a'), one('b')],
    selection: { puts: false, deletes: true },
    afterRevision: source.commit([
      { key: 'a', value: '1' },
      { key: 'b', value: '1' },
    ]),
  });
  context.after(() => watch.close());
  source.commit([{ key: 'a', value: '2' }]);
  const gone = source.commit([{ key: 'b' }]);
  assert.deepEqual(await revisionsThrough(watch, gone), [gone]);
});

test('an internal watch reports a compaction of its events', async (context) => {
  const { source, hub } = watching(context);
  const before = source.commit([{ key: 'a', value: '1' }]);
  source.commit([{ key: 'a', value: '2' }]);
  source.compact(source.commit([{ key: 'a', value: '3' }]));
  const watch = new LocalWatch(hub, { keys: [one('a')], selection: everything, afterRevision: before });
  context.after(() => watch.close());
  assert.equal(await watch.next(), 'compacted');
});

test('an internal watch with a slow reader uses bounded memory and misses nothing', async (context) => {
  const { source, hub } = watching(context);
  const start = source.commit([{ key: 'a', value: '0' }]);
  const watch = new LocalWatch(hub, { keys: [prefix('a')], selection: everything, afterRevision: start });
  context.after(() => watch.close());
  const value = 'x'.repeat(watchLimits.localBacklogBytesMax / 8);
  let last = start;
  for (let count = 0; count < 40; count += 1) {
    last = source.commit([{ key: 'a', value }]);
    await settle();
  }
  assert.equal(watch.hasSpace, false);
  await until('the watch is behind', () => hub.statistics.watchersBehind === 1);
  assert.deepEqual(
    await revisionsThrough(watch, last),
    Array.from({ length: 40 }, (_, index) => start + 1 + index),
  );
  await until('the watch is live again', () => hub.statistics.watchersBehind === 0);
});

test('a closed internal watch leaves nothing behind', async (context) => {
  const { source, hub } = watching(context);
  const watch = new LocalWatch(hub, { keys: [one('a'), one('b')], selection: everything, afterRevision: 1 });
  assert.equal(hub.statistics.watchers, 2);
  watch.close();
  source.commit([{ key: 'a', value: '1' }]);
  await settle();
  assert.equal(hub.statistics.watchers, 0);
});
