/**
 * Seeded runs of everything at once: commits by this process and by others, events that come late
 * or not at all, compactions, evictions, outages of the database; and gets, pages, lists, streamed
 * lists and counts through the store's readers. Each reply is the state at its revision, and
 * contains everything that was committed before the read began.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DriverError, EtcdError } from '../../../src/errors.ts';
import type { RangeOperation } from '../../../src/mvcc/operations.ts';
import type { Head, RangeResult } from '../../../src/mvcc/results.ts';
import { chosenSeed, numberFromEnvironment, Random } from '../../parity/random.ts';
import type { Change } from '../watch/fake-event-source.ts';
import { bytesOf, type CachedReads, cachedReads, reading } from './cached-reads.ts';
import type { ModelDatabase } from './model-database.ts';

const firstSeed = chosenSeed();
const runs = numberFromEnvironment('TINE_CACHE_RUNS', 40);
const steps = 500;
const names = Array.from({ length: 24 }, (_, index) => `k/${String.fromCharCode(97 + (index % 3))}${index}`);

let hits = 0;
let answers = 0;

for (let run = 0; run < runs; run += 1) {
  const seed = firstSeed + run;
  test(`any interleaving gives current replies (seed ${seed})`, async (context) => {
    const found = await interleaved(context, seed);
    assert.deepEqual(found.wrong, []);
    hits += found.hits;
    answers += found.answers;
  });
}

test('many of these replies came from the cache', () => {
  assert.ok(hits > answers / 10, `${hits} of ${answers}`);
});

test('the test detects an old reply when the head is not read from the database', async (context) => {
  const withoutCheck = async ({ source }: ModelDatabase) => source.latestHead;
  for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
    const { wrong } = await interleaved(context, seed, withoutCheck);
    if (wrong.some((each) => each.startsWith('old'))) return;
  }
  assert.fail(`no run of ${runs} shows an old answer`);
});

interface Found {
  readonly wrong: string[];
  answers: number;
  hits: number;
}

async function interleaved(
  context: TestContext,
  seed: number,
  readHead?: (database: ModelDatabase) => Promise<Head>,
): Promise<Found> {
  const random = new Random(seed);
  const bytesMax = random.pick([3_000, 40_000, 400_000, 8_000_000]);
  const under = cachedReads(context, { bytesMax, ...(readHead === undefined ? {} : { readHead }) });
  const { source } = under.database;
  source.latencyTurns = () => random.below(4);
  source.countMax = random.pick([1, 3, 500]);
  under.database.pageRowsMax = random.pick([2, 5, 500]);
  under.database.blockRowsMax = random.pick([1, 3, 500]);
  const found: Found = { wrong: [], answers: 0, hits: 0 };
  const writesPercent = random.pick([5, 20, 60]);
  const reads: Promise<void>[] = [];
  source.commit(names.map((key) => ({ key, value: 'first' })));
  for (let step = 0; step < steps; step += 1) {
    if (random.chance(writesPercent)) write(random, under);
    else reads.push(read(random, under, found));
    assert.ok(under.cache.bytes <= bytesMax, 'the bound is kept');
    for (let turns = random.pick([0, 0, 1, 2]); turns > 0; turns -= 1) await nextTurn();
  }
  source.isAway = false;
  await Promise.all(reads);
  found.hits = under.cache.uses.hits;
  return found;
}

function write(random: Random, { database: { source }, cache }: CachedReads): void {
  const action = random.weighted([
    [30, () => source.commit(changes(random), { isSeen: random.chance(50) })],
    [50, () => void source.commitFollowed(changes(random))],
    [6, () => source.compact(random.between(source.head.compactRevision, source.head.revision))],
    [4, () => (source.isAway = random.chance(40))],
    [2, () => cache.clear()],
  ]);
  action();
}

function changes(random: Random): readonly Change[] {
  const changed = new Set(Array.from({ length: random.pick([1, 1, 1, 2, 6]) }, () => random.pick(names)));
  const value = 'v'.repeat(random.pick([1, 100, 9_000, 60_000]));
  return [...changed].map((key) => (random.chance(30) ? { key } : { key, value: `${value}${random.below(100)}` }));
}

async function read(random: Random, under: CachedReads, found: Found): Promise<void> {
  const { source } = under.database;
  const committed = source.head.revision;
  const [start, end] = random.pick([
    ['k/a', 'k/b'],
    ['k/', 'k0'],
    ['k/b', 'k/c'],
    ['k/a5', 'k/b2'],
  ]);
  const operation = random.weighted<RangeOperation>([
    [40, reading(random.pick(names.slice(0, 8)))],
    [20, reading(start as string, end)],
    [15, reading(start as string, end, { limit: random.pick([1, 4, 8]) })],
    [10, reading(start as string, end, { countOnly: true })],
    [5, reading(start as string, end, { revision: committed, limit: random.pick([0, 4]) })],
  ]);
  const asStream = !('one' in operation.keys) && random.chance(40);
  const results: RangeResult[] = [];
  try {
    if (asStream) {
      for await (const part of under.parts(operation)) {
        results.push(part);
        for (let turns = random.below(4); turns > 0; turns -= 1) await nextTurn();
      }
    } else results.push(await under.range(operation));
  } catch (error) {
    if (error instanceof DriverError || (error instanceof EtcdError && error.entry === 'compacted')) return;
    throw error;
  }
  found.answers += 1;
  check(operation, { results, committed, database: under.database, found });
}

function check(
  operation: RangeOperation,
  {
    results,
    committed,
    database,
    found,
  }: {
    readonly results: readonly RangeResult[];
    readonly committed: number;
    readonly database: ModelDatabase;
    readonly found: Found;
  },
): void {
  const [first] = results;
  const last = results.at(-1);
  assert.ok(first !== undefined && last !== undefined);
  const revision = operation.revision > 0 ? operation.revision : first.revision;
  const what = `${JSON.stringify(operation.keys)} limit ${operation.limit} at ${revision}`;
  if (first.revision < committed) found.wrong.push(`old: ${what}, committed before: ${committed}`);
  if (first.revision > database.source.head.revision) found.wrong.push(`from the future: ${what}`);
  const state = database.stateAt(revision, operation.keys);
  const limited = operation.limit === 0 ? state : state.slice(0, operation.limit);
  const expected = operation.countOnly ? [] : limited.map(([, bytes]) => bytes);
  if (!bytesOf(results).equals(Buffer.concat(expected))) found.wrong.push(`other key-values: ${what}`);
  if (last.count !== state.length) found.wrong.push(`count ${last.count} instead of ${state.length}: ${what}`);
  if (last.more !== (!operation.countOnly && limited.length < state.length)) found.wrong.push(`more: ${what}`);
}
