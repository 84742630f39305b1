/**
 * Seeded runs of everything at once: commits by this process and by others, watches that open,
 * close and request progress, a cache that requests all events at times, readers that pause,
 * compactions, outages of the database. Whatever the order, each watch receives exactly the events
 * of its keys from its start on: in order, once, transactions whole. Progress never reports more
 * than was sent.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { holdsKey, type Revision } from '../../../src/mvcc/ids.ts';
import { isSelected } from '../../../src/watch/audience/audience.ts';
import type { WatchSession } from '../../../src/watch/watch-session.ts';
import type { WatchParameters } from '../../../src/watch/watcher.ts';
import { chosenSeed, numberFromEnvironment, Random } from '../../parity/random.ts';
import type { Change, FakeEventSource } from './fake-event-source.ts';
import type { FakeStream } from './fake-stream.ts';
import { allKeys, one, prefix, requested, until, type Watching, watching } from './watching.ts';

interface Watch {
  readonly requested: WatchParameters;
  readonly startRevision: Revision;
  isCanceled: boolean;
}

interface Client {
  readonly stream: FakeStream;
  readonly session: WatchSession;
  readonly watches: Map<bigint, Watch>;
  /** Head revisions at the time of progress requests. */
  readonly asked: Revision[];
}

const firstSeed = chosenSeed();
const runs = numberFromEnvironment('TINE_WATCH_RUNS', 60);

let appliedCount = 0;

for (let run = 0; run < runs; run += 1) {
  const seed = firstSeed + run;
  test(`any interleaving delivers every event once, in order (seed ${seed})`, async (context) => {
    const random = new Random(seed);
    const under = watching(context, {
      pageRowsMax: random.pick([1, 3, 20, 500]),
      eventLogBytesMax: random.pick([1_000, 20_000, 1_000_000]),
      backlogBytesMax: 1,
    });
    const { source } = under;
    source.latencyTurns = () => random.below(4);
    const clients: Client[] = [];
    for (let step = 0; step < 400; step += 1) {
      act(random, under, clients);
      for (let turns = random.pick([0, 0, 1, 1, 3]); turns > 0; turns -= 1) await nextTurn();
    }
    await finish(source, clients);
    for (const client of clients) checkClient(client, source);
    appliedCount += under.cache.appliedCount;
  });
}

test('event memories received events in these runs', () => {
  assert.ok(appliedCount > 20 * runs, `${appliedCount} events`);
});

function act(random: Random, { source, cache, open }: Watching, clients: Client[]): void {
  const client = clients.length > 0 ? random.pick(clients) : undefined;
  const action = random.weighted([
    [25, () => source.commit(changes(random), { isSeen: random.chance(80) })],
    [25, () => void source.commitFollowed(changes(random))],
    [
      2,
      () =>
        source.compact(random.between(source.head.compactRevision, source.head.revision), {
          isSeen: random.chance(70),
        }),
    ],
    [3, () => clients.length < 6 && clients.push({ ...open(), watches: new Map(), asked: [] })],
    [12, () => client && create(random, client, source)],
    [3, () => client && cancel(random, client)],
    [6, () => client && stall(random, client)],
    [6, () => client && ask(client, source)],
    [4, () => cache.toggle()],
    [2, () => (source.isAway = random.chance(30))],
  ]);
  action();
}

function changes(random: Random): readonly Change[] {
  const keys = ['a1', 'a2', 'b1', 'b2', 'c', 'a3'];
  const count = random.pick([1, 1, 1, 2, 5]);
  const changed = new Set(Array.from({ length: count }, () => random.pick(keys)));
  const value = 'v'.repeat(random.pick([1, 10, 20_000]));
  return [...changed].map((key) => (random.chance(25) ? { key } : { key, value }));
}

function create(random: Random, client: Client, source: FakeEventSource): void {
  const { revision } = source.latestHead;
  const keys = random.pick([one('a1'), one('c'), prefix('a'), prefix('b'), allKeys]);
  const startRevision = random.pick([0, 0, random.between(1, revision + 1), revision + random.below(20)]);
  const selection = { puts: random.chance(80), deletes: random.chance(80), previous: random.chance(30) };
  const wanted = requested(keys, { startRevision, selection });
  const { compactRevision } = source.latestHead;
  const watcher = client.session.create(wanted, 0n);
  assert.ok(watcher);
  const created = client.stream.responses.findLast((response) => response.created);
  const watch = {
    requested: wanted,
    startRevision: startRevision || (created?.header?.revision ?? 0) + 1,
    isCanceled: false,
  };
  assert.ok(startRevision === 0 || startRevision >= compactRevision || watcher.state === 'compacted');
  client.watches.set(watcher.id, watch);
}

function cancel(random: Random, client: Client): void {
  if (client.watches.size === 0) return;
  const [id, watch] = random.pick([...client.watches]);
  client.session.cancel(id);
  watch.isCanceled = true;
}

function stall(random: Random, { stream }: Client): void {
  stream.isSlow = random.chance(60);
  stream.take(random.between(1, 10));
}

function ask({ session, asked, watches }: Client, source: FakeEventSource): void {
  if (watches.size > 0) asked.push(source.head.revision);
  session.requestProgress();
}

/** All faults end, and everything becomes idle. */
async function finish(source: FakeEventSource, clients: readonly Client[]): Promise<void> {
  source.isAway = false;
  source.observeHead();
  for (const { stream } of clients) stream.takeAll();
  for (const client of clients) {
    await until('every watch has all of its events or has ended', () =>
      [...client.watches].every(([id, watch]) => {
        const isEnded = client.stream.responses.some(({ watchId, canceled }) => watchId === id && canceled);
        return isEnded || received(client, id).length >= expected(watch, source).length;
      }),
    );
  }
  // Events that come twice or too late have time to come.
  for (let turn = 0; turn < 100; turn += 1) await nextTurn();
}

function checkClient(client: Client, source: FakeEventSource): void {
  for (const [id, watch] of client.watches) checkWatch(client, id, watch, source);
  checkProgress(client, source);
}

function checkWatch(client: Client, id: bigint, watch: Watch, source: FakeEventSource): void {
  const got = received(client, id);
  const all = expected(watch, source);
  const compacted = client.stream.responses.find(
    ({ watchId, compactRevision }) => watchId === id && compactRevision > 0,
  );
  assert.deepEqual(got, all.slice(0, got.length), `watch ${id}: its events in order, once`);
  if (!watch.isCanceled && !compacted) assert.equal(got.length, all.length, `watch ${id}: all of its events`);
  if (compacted) {
    const next = Number(got.at(-1)?.split('@')[1] ?? watch.startRevision - 1) + 1;
    assert.ok(next < compacted.compactRevision, `watch ${id}: canceled only when events may be missing`);
  }
  let last = 0;
  for (const { watchId, events, header } of client.stream.responses) {
    if (watchId !== id || events.length === 0) continue;
    const revisions = events.map(({ kv }) => kv?.modRevision ?? 0);
    assert.ok((revisions[0] ?? 0) > last, `watch ${id}: a transaction in two responses`);
    last = revisions.at(-1) ?? 0;
    assert.ok((header?.revision ?? 0) >= last);
  }
}

function checkProgress({ stream, watches, asked }: Client, source: FakeEventSource): void {
  const delivered = new Map<bigint, number>();
  let answered = 0;
  for (const { watchId, events, header } of stream.responses) {
    delivered.set(watchId, (delivered.get(watchId) ?? 0) + events.length);
    if (watchId !== -1n) continue;
    const revision = header?.revision ?? 0;
    answered += 1;
    assert.ok(answered <= asked.length, 'no answer without a question');
    for (const [id, watch] of watches) {
      if (!delivered.has(id) || watch.isCanceled) continue;
      const due = expected(watch, source).filter((event) => Number(event.split('@')[1]) <= revision);
      assert.ok((delivered.get(id) ?? 0) >= due.length, `progress ${revision} before watch ${id} had its events`);
    }
  }
  // Replies come in the order of the requests. Some requests have no reply, so the n-th reply is to
  // the n-th request or a later one.
  const answers = stream.responses.filter(({ watchId }) => watchId === -1n).map(({ header }) => header?.revision ?? 0);
  answers.forEach((revision, index) => {
    assert.ok(revision >= (asked[index] ?? 0), `progress ${revision} was asked for at ${asked[index]}`);
  });
}

function received({ stream }: Client, id: bigint): string[] {
  return stream.responses
    .filter(({ watchId }) => watchId === id)
    .flatMap(({ events }) => events.map(({ kv, type }) => `${type === 1 ? '-' : ''}${kv?.key}@${kv?.modRevision}`));
}

function expected({ requested: { keys, selection }, startRevision }: Watch, source: FakeEventSource): string[] {
  return source.history
    .filter((event) => event.revision >= startRevision && holdsKey(keys, event.key) && isSelected(event, selection))
    .map(({ type, key, revision }) => `${type === 'delete' ? '-' : ''}${key}@${revision}`);
}
