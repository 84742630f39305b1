import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAhead } from '../../../../src/transfer/follow/read-ahead.ts';
import type { SourceRevision } from '../../../../src/transfer/follow/source-revisions.ts';
import { sleep, waitFor } from '../../../support/index.ts';

const revision = (number: number): SourceRevision => ({ revision: number, events: [] });

test('pages that arrive while a page is written are returned as one page, in order', async () => {
  async function* source() {
    for (let number = 1; number <= 100; number += 1) yield [revision(number)];
    await sleep(50);
    yield [revision(101)];
  }
  const sizes: number[] = [];
  const seen: number[] = [];
  for await (const page of readAhead(source())) {
    sizes.push(page.length);
    seen.push(...page.map(({ revision: number }) => number));
    await sleep(20);
  }
  assert.deepEqual(
    seen,
    Array.from({ length: 101 }, (_, index) => index + 1),
  );
  assert.ok(sizes.length < 10, `${sizes}`);
});

test('the source is not read while many revisions wait, and an error comes after what arrived before it', async () => {
  let read = 0;
  async function* source() {
    for (; read < 20_000; read += 1) yield [revision(read)];
    throw new Error('lost');
  }
  const pages = readAhead(source());
  let count = (await pages.next()).value?.length ?? 0;
  await waitFor('the bound', () => read > 4_000);
  await sleep(50);
  assert.ok(read < 10_000, `${read}`);
  await assert.rejects(async () => {
    for await (const page of pages) count += page.length;
  }, /lost/);
  assert.equal(count, 20_000);
});
