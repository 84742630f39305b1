import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogEvent } from '../../../../src/mvcc/results.ts';
import { EventLog } from '../../../../src/watch/events/event-log.ts';
import { watchLimits } from '../../../../src/watch/watch-limits.ts';

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

test('events after an id are read across pages, up to the requested number', () => {
  const log = logOf([11, 12, 13], [14], [15, 16]);
  assert.deepEqual(idsOf(log.after(11, 100).events), [12, 13, 14, 15, 16]);
  assert.deepEqual(log.after(11, 100).through, { id: 16, revision: 16 });
  assert.deepEqual(idsOf(log.after(10, 4).events), [11, 12, 13, 14]);
  assert.deepEqual(log.after(10, 4).through, { id: 14, revision: 14 });
  assert.deepEqual(idsOf(log.after(10, 2).events), [11, 12]);
  assert.deepEqual(log.after(10, 2).through, { id: 12, revision: 12 });
  assert.deepEqual(log.after(16, 5), { events: [], through: undefined });
});

test('a transaction is never split, whatever the requested number', () => {
  const log = new EventLog({ bytesMax: 1_000_000 });
  log.reset({ id: 10, revision: 10 });
  log.append([event(11, 11), event(12, 11), event(13, 11), event(14, 12)], { id: 14, revision: 12 });
  assert.deepEqual(idsOf(log.after(10, 1).events), [11, 12, 13]);
  assert.deepEqual(log.after(10, 1).through, { id: 13, revision: 11 });
});

test('a revision is found in the log, or reported as older than the log', () => {
  const log = new EventLog({ bytesMax: 1_000_000 });
  log.reset({ id: 10, revision: 8 });
  log.append([event(11, 9), event(12, 9), event(13, 10)], { id: 13, revision: 10 });
  assert.equal(log.positionBefore(8), undefined);
  assert.deepEqual(log.positionBefore(9), { id: 10, revision: 8 });
  assert.deepEqual(log.positionBefore(10), { id: 12, revision: 9 });
  assert.equal(log.positionBefore(11), undefined);
});

test('the oldest events are evicted, a block at a time, when the log exceeds its size', () => {
  const log = new EventLog({ bytesMax: 160_000 });
  log.reset({ id: 0, revision: 1 });
  for (let id = 1; id <= 5_000; id += 1) {
    log.append([event(id, id + 1, 1_000)], { id, revision: id + 1 });
    assert.ok(log.bytes <= 160_000 + 10 * watchLimits.eventOverheadBytes);
  }
  // Ten events a block, thirteen blocks with their entries.
  assert.equal(log.evictedCount, 4_870);
  assert.equal(log.covers(4_869), false);
  assert.equal(log.covers(4_870), true);
  assert.deepEqual(idsOf(log.after(4_870, 3).events), [4_871, 4_872, 4_873]);
  assert.equal(log.after(4_870, 1_000).events.length, 130);
  assert.equal(log.positionBefore(4_871), undefined);
  assert.deepEqual(log.positionBefore(4_872), { id: 4_870, revision: 4_871 });
});

test("events keep their bytes while the log's memory is reused", () => {
  const log = new EventLog({ bytesMax: 40_000 });
  log.reset({ id: 0, revision: 1 });
  for (let id = 1; id <= 1_000; id += 1) {
    const body = new Uint8Array(id % 700).fill(id % 251);
    const previous = new Uint8Array(id % 90).fill(id % 13);
    log.append([{ ...event(id, id + 1), body, previous }], { id, revision: id + 1 });
    const { events } = log.after(Math.max(log.evictedCount, id - 20), 100);
    for (const each of events) {
      assert.deepEqual([each.body.length, each.previous.length], [each.id % 700, each.id % 90]);
      assert.ok(
        each.body.every((byte) => byte === each.id % 251) && each.previous.every((byte) => byte === each.id % 13),
      );
    }
  }
});

test('a transaction of which only a part is in the log is not found', () => {
  const log = new EventLog({ bytesMax: 16_000 });
  log.reset({ id: 0, revision: 1 });
  // Two blocks hold a transaction's halves; the next ones push the first half out.
  log.append([event(1, 2, 900), event(2, 2, 900)], { id: 2, revision: 2 });
  let id = 2;
  while (log.evictedCount === 0) log.append([event(++id, id, 900)], { id, revision: id });
  assert.equal(log.evictedCount, 1);
  assert.equal(log.covers(0), false);
  assert.equal(log.positionBefore(2), undefined);
  assert.deepEqual(log.positionBefore(3), { id: 2, revision: 2 });
  assert.equal(log.covers(2), true);
});

test('an event larger than a block, or than the whole log, is stored and evicted', () => {
  const log = new EventLog({ bytesMax: 16_000 });
  log.reset({ id: 0, revision: 1 });
  log.append([event(1, 2, 50_000)], { id: 1, revision: 2 });
  assert.equal(log.covers(0), true);
  log.append([event(2, 3, 10)], { id: 2, revision: 3 });
  assert.equal(log.covers(0), false);
  assert.deepEqual(idsOf(log.after(1, 10).events), [2]);
});
