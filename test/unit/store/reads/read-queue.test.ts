import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Driver } from '../../../../src/drivers/driver.ts';
import { EtcdError } from '../../../../src/errors.ts';
import { limits } from '../../../../src/limits.ts';
import { initialAuthState } from '../../../../src/mvcc/auth/auth-state.ts';
import { newestRange, type RangeOperation } from '../../../../src/mvcc/operations.ts';
import type { RangePages, RangeRequest } from '../../../../src/mvcc/reads/range-page.ts';
import { ReadCache } from '../../../../src/read-cache/read-cache.ts';
import { keyText } from '../../../../src/sql/key-text.ts';
import { PacedAnswers } from '../../../../src/store/queues/paced-answers.ts';
import { RangeReader } from '../../../../src/store/reads/range-reader.ts';
import { ReadQueue } from '../../../../src/store/reads/read-queue.ts';
import type { SlowOperations } from '../../../../src/store/slow-operations.ts';
import { TestOrigin } from '../queues/requesters.ts';

const head = { id: 1, revision: 1, compactRevision: -1, authState: initialAuthState };

/**
 * Lists whose end gives their number of pages, over a driver that returns a page when the test
 * decides.
 */
function recorded({ readsAtOnce = 2 } = {}) {
  const pages: string[] = [];
  const answers: (() => void)[] = [];
  const driver = {
    readsAtOnce: () => readsAtOnce,
    read(_name: string, { operation, position }: RangeRequest): Promise<RangePages> {
      const { start, end } = operation.keys as { start: string; end: string };
      const page = (position?.countBefore ?? 0) + 1;
      pages.push(`${start}${page}`);
      const next = page < Number(end) ? { revision: 1, afterName: '', countBefore: page } : undefined;
      const { promise, resolve } = Promise.withResolvers<RangePages>();
      answers.push(() => resolve({ head, readRevision: 1, blocks: [], next, more: false, count: 0 }));
      return promise;
    },
  } as unknown as Driver;
  const reads = { quick: new ReadQueue(driver, 'quick'), bulk: new ReadQueue(driver, 'bulk') };
  const slow = { range: () => {} } as unknown as SlowOperations;
  const cache = new ReadCache({ bytesMax: 0, latestHead: () => head });
  const readHead = async () => head;
  const reader = new RangeReader(driver, {
    reads,
    slow,
    cache,
    paced: new PacedAnswers(),
    readHead,
  });
  const answer = async () => {
    answers.shift()?.();
    await nextTurn();
  };
  const answerAll = async () => {
    while (answers.length > 0) await answer();
  };
  return { reader, reads, pages, answer, answerAll };
}

/** A list with this number of pages. */
function list(name: string, pageCount: number): RangeOperation {
  return {
    ...newestRange,
    keys: { start: keyText(Buffer.from(name)), end: keyText(Buffer.from(String(pageCount))) },
  };
}

function isCanceled(error: unknown): boolean {
  return error instanceof EtcdError && error.entry === 'canceled';
}

test('a driver gets no more pages at once than it can read', async () => {
  const { reader, pages, reads, answerAll } = recorded();
  const lists = ['a', 'b', 'c', 'd'].map((name) => reader.read(list(name, 1), new TestOrigin().request()));
  await nextTurn();
  assert.deepEqual(pages, ['a1', 'b1']);
  assert.equal(reads.bulk.statistics.waiting, 2);
  await answerAll();
  await Promise.all(lists);
  assert.deepEqual(pages, ['a1', 'b1', 'c1', 'd1']);
});

test('long and short lists take turns page by page, also those of one client', async () => {
  const { reader, pages, answerAll } = recorded({ readsAtOnce: 1 });
  const origin = new TestOrigin();
  const lists = [reader.read(list('a', 4), origin.request()), reader.read(list('b', 1), origin.request())];
  await nextTurn();
  lists.push(reader.read(list('c', 2), new TestOrigin().request()));
  await answerAll();
  await Promise.all(lists);
  assert.deepEqual(pages, ['a1', 'b1', 'c1', 'a2', 'c2', 'a3', 'a4']);
});

test('a list during which the database has lost rows starts again', async () => {
  const { reader, pages, answer, answerAll } = recorded();
  const listed = reader.read(list('a', 3), new TestOrigin().request());
  await nextTurn();
  await answer();
  assert.deepEqual(pages, ['a1', 'a2']);
  reader.rewind();
  await answerAll();
  await listed;
  assert.deepEqual(pages, ['a1', 'a2', 'a1', 'a2', 'a3']);
});

test('a cancelled list stops after its page', async () => {
  const { reader, pages, answer, answerAll } = recorded();
  const request = new TestOrigin().request();
  const given = assert.rejects(reader.read(list('a', 100), request), isCanceled);
  await nextTurn();
  await answer();
  assert.deepEqual(pages, ['a1', 'a2']);
  request.isGone = true;
  await answerAll();
  await given;
  assert.deepEqual(pages, ['a1', 'a2']);
});

test('a client has a limited number of running lists, because the pages of a list are held until its end', async () => {
  const { reader, pages, answerAll } = recorded();
  const origin = new TestOrigin();
  const count = limits.listsOfOriginMax * 3;
  const requests = Array.from({ length: count }, () => origin.request());
  const lists = requests.map((request, index) => reader.read(list(`${index} `, 3), request).catch(String));
  await nextTurn();
  (requests[limits.listsOfOriginMax] as { isGone: boolean }).isGone = true;
  const other = reader.read(list('other ', 1), new TestOrigin().request());
  assert.equal(reader.starts.waiting, count - limits.listsOfOriginMax);
  await answerAll();
  await Promise.all([other, ...lists]);
  assert.equal(reader.starts.waiting, 0);
  assert.equal(reader.starts.dropped, 1);
  assert.equal(pages.indexOf('other 1'), 3, 'another client does not wait for them');
  assert.equal(pages.length, (count - 1) * 3 + 1);
  const begun = pages.indexOf(`${limits.listsOfOriginMax + 1} 1`);
  assert.ok(
    pages.slice(0, begun).some((page) => page.endsWith(' 3')),
    'the ninth begins when another has ended',
  );
});

test('no page is read for a client that does not read its replies', async () => {
  const { reader, pages, answerAll } = recorded();
  const origin = new TestOrigin();
  origin.isBackedUp = true;
  const waiting = reader.read(list('a', 1), origin.request());
  await nextTurn();
  assert.deepEqual(pages, []);
  origin.drain();
  await answerAll();
  await waiting;
  assert.deepEqual(pages, ['a1']);
});

test('a read that failed in the database lets the next one run', async () => {
  let failures = 0;
  const driver = {
    readsAtOnce: () => 1,
    read: () => {
      failures += 1;
      return Promise.reject(new Error('away'));
    },
  } as unknown as Driver;
  const queue = new ReadQueue(driver, 'quick');
  const requester = new TestOrigin().request();
  const reads = [1, 2, 3].map(() => assert.rejects(queue.read('leaseCount', null, { requester }), /away/));
  await Promise.all(reads);
  assert.equal(failures, 3);
});
