import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogEvent } from '../../../src/mvcc/results.ts';
import { EventLog } from '../../../src/watch/event-log.ts';
import { watchLimits } from '../../../src/watch/watch-limits.ts';

const none = new Uint8Array(0);

function event(id: number, revision = id, bytes = 0): LogEvent {
  return { id, revision, type: 'put', key: 'k', body: new Uint8Array(bytes), previous: none };
}

/** Pages of the given ids after row 10, each its own transaction. */
function logOf(...pages: number[][]): EventLog {
  const log = new EventLog({ bytesMax: 1_000_000 });
  log.reset({ id: 10, revision: 10 });
  for (const ids of pages) {
    const last = ids.at(-1) as number;
    log.append(
      ids.map((id) => event(id)),
      { id: last, revision: last },
    );
  }
  return log;
}

function idsOf(events: readonly LogEvent[]): number[] {
  return events.map(({ id }) => id);
}

test('what comes after an id is read across pages, as many as asked for', () => {
  const log = logOf([11, 12, 13], [14], [15, 16]);
  assert.deepEqual(idsOf(log.after(11, 100).events), [12, 13, 14, 15, 16]);
  assert.deepEqual(log.after(11, 100).through, { id: 16, revision: 16 });
  assert.deepEqual(idsOf(log.after(10, 4).events), [11, 12, 13, 14]);
  assert.deepEqual(log.after(10, 4).through, { id: 14, revision: 14 });
  assert.deepEqual(idsOf(log.after(10, 2).events), [11, 12]);
  assert.deepEqual(log.after(10, 2).through, { id: 12, revision: 12 });
  assert.deepEqual(log.after(16, 5), { events: [], through: undefined });
});

test('a transaction is never split, whatever the count', () => {
  const log = new EventLog({ bytesMax: 1_000_000 });
  log.reset({ id: 10, revision: 10 });
  log.append([event(11, 11), event(12, 11), event(13, 11), event(14, 12)], { id: 14, revision: 12 });
  assert.deepEqual(idsOf(log.after(10, 1).events), [11, 12, 13]);
  assert.deepEqual(log.after(10, 1).through, { id: 13, revision: 11 });
});

test('a revision is found in the log, or is before it', () => {
  const log = new EventLog({ bytesMax: 1_000_000 });
  log.reset({ id: 10, revision: 8 });
  log.append([event(11, 9), event(12, 9), event(13, 10)], { id: 13, revision: 10 });
  assert.equal(log.positionBefore(8), undefined);
  assert.deepEqual(log.positionBefore(9), { id: 10, revision: 8 });
  assert.deepEqual(log.positionBefore(10), { id: 12, revision: 9 });
  assert.equal(log.positionBefore(11), undefined);
});

test('the oldest pages are forgotten when the bytes exceed the bound', () => {
  const each = 1_000 + 1 + watchLimits.eventOverheadBytes;
  const log = new EventLog({ bytesMax: 3 * each });
  log.reset({ id: 0, revision: 1 });
  for (let id = 1; id <= 5_000; id += 1) log.append([event(id, id + 1, 1_000)], { id, revision: id + 1 });
  assert.equal(log.bytes, 3 * each);
  assert.equal(log.evictedCount, 4_997);
  assert.equal(log.covers(4_996), false);
  assert.equal(log.covers(4_997), true);
  assert.deepEqual(idsOf(log.after(4_997, 100).events), [4_998, 4_999, 5_000]);
  assert.equal(log.positionBefore(4_998), undefined);
  assert.deepEqual(log.positionBefore(4_999), { id: 4_997, revision: 4_998 });
});

test('one page larger than the bound leaves an empty log that goes on', () => {
  const log = new EventLog({ bytesMax: 100 });
  log.reset({ id: 0, revision: 1 });
  log.append([event(1, 2, 1_000)], { id: 1, revision: 2 });
  assert.equal(log.bytes, 0);
  assert.equal(log.covers(0), false);
  assert.equal(log.covers(1), true);
});
