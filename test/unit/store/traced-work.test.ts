import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Trace, TracePart } from '../../../src/kit/trace.ts';
import { ownRequester } from '../../../src/store/queues/requester.ts';
import { TracedBatch, tracedParts, traceReads } from '../../../src/store/traced-work.ts';

/** A trace that records its parts, and theirs, by path: `put/batch/commit`. */
function recorded(path: string, parts: Map<string, TracePart>): Trace {
  return {
    part: (part) => {
      const own = `${path}/${part.name}`;
      parts.set(own, part);
      return recorded(own, parts);
    },
  };
}

const waiting = (trace: Trace | undefined, sinceMs: number) => ({ requester: { ...ownRequester(), trace }, sinceMs });

test('a batch without a traced request is not traced', () => {
  assert.equal(TracedBatch.of([waiting(undefined, 1), waiting(undefined, 2)]), undefined);
  assert.equal(TracedBatch.of([]), undefined);
});

test('the first traced request has the steps, and the others link to its batch', () => {
  const parts = new Map<string, TracePart>();
  const batch = TracedBatch.of([
    waiting(undefined, 1),
    waiting(recorded('a', parts), 2),
    waiting(recorded('b', parts), 3),
  ]);
  batch?.steps.add('insert_rows', 1, 2);
  batch?.end(5, 3);
  assert.deepEqual([...parts.keys()], ['a/queue', 'a/batch', 'b/queue', 'b/batch', 'a/batch/insert_rows']);
  assert.deepEqual([parts.get('b/queue')?.startMs, parts.get('b/queue')?.endMs], [3, 5]);
  assert.equal(parts.get('a/batch')?.attributes?.['tine.batch.requests'], 3);
  assert.equal(parts.get('a/batch')?.link, undefined);
  assert.notEqual(parts.get('b/batch')?.link, undefined);
  assert.equal(parts.get('a/batch/insert_rows')?.attributes?.['tine.rows'], 2);
});

test('requests that a batch did not begin have no part in it', () => {
  const parts = new Map<string, TracePart>();
  const batch = TracedBatch.of([waiting(recorded('a', parts), 1), waiting(recorded('b', parts), 2)]);
  batch?.end(5, 1);
  assert.deepEqual([...parts.keys()], ['a/queue', 'a/batch']);
});

test('a batch of a thousand statements has the first 64 steps, and its commit', () => {
  const parts: TracePart[] = [];
  const trace: Trace = {
    part: (part) => {
      parts.push(part);
      return trace;
    },
  };
  const batch = TracedBatch.of([waiting(trace, 1)]);
  for (let index = 0; index < 1_000; index += 1) batch?.steps.add(`statement_${index}`, 1, 1);
  batch?.steps.add('commit', 1, 0);
  batch?.end(5, 1);
  const steps = parts.filter(({ attributes }) => attributes?.['tine.statement'] !== undefined);
  assert.equal(steps.length, 65);
  assert.equal(steps.at(-1)?.name, 'commit');
});

test('reads have a part for the wait and one for the read, and a list in parts one until its last part', async () => {
  const parts = new Map<string, TracePart>();
  traceReads([waiting(undefined, 1), waiting(recorded('get', parts), 2)], 5);
  assert.deepEqual([...parts.keys()], ['get/queue', 'get/read']);
  async function* pages() {
    yield 'one';
    yield 'two';
  }
  const taken: string[] = [];
  for await (const page of tracedParts(pages(), recorded('list', parts))) {
    taken.push(page);
    assert.ok(!parts.has('list/read'));
  }
  assert.deepEqual(taken, ['one', 'two']);
  assert.ok(parts.has('list/read'));
});
