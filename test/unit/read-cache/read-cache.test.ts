import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { RangeOperation } from '../../../src/mvcc/operations.ts';
import { encodedBlock } from '../../../src/mvcc/reads/encode-row.ts';
import { cacheLimits } from '../../../src/read-cache/cache-limits.ts';
import { isFirstVersion, keyValuesOf } from '../../../src/read-cache/key-value-bytes.ts';
import { ReadCache } from '../../../src/read-cache/read-cache.ts';
import { compactMarkName, keyText } from '../../../src/sql/key-text.ts';
import { TestOrigin } from '../store/queues/requesters.ts';
import { bytesOf, type CachedReads, cachedReads, reading } from './cached-reads.ts';
import type { ModelDatabase } from './model-database.ts';

const bytesMax = 1_000_000;
const list = reading('k/', 'k0');

function filled(context: TestContext, keyCount: number, options: { bytesMax?: number; valueBytes?: number } = {}) {
  const under = cachedReads(context, { bytesMax, ...options });
  const value = 'v'.repeat(options.valueBytes ?? 100);
  under.database.source.commit(Array.from({ length: keyCount }, (_, index) => ({ key: keyAt(index), value })));
  return under;
}

function keyAt(index: number): string {
  return `k/${String(index).padStart(5, '0')}`;
}

/** Reads three times. Returns the database queries of the third read. */
async function askedAtThird(under: CachedReads, operation: RangeOperation): Promise<Record<string, number>> {
  await under.range(operation);
  await under.range(operation);
  return askedBy(under.database, () => assertRight(under, operation));
}

async function askedBy({ reads }: ModelDatabase, work: () => Promise<void>): Promise<Record<string, number>> {
  const before = { ...reads };
  await work();
  return Object.fromEntries(Object.entries(reads).map(([name, count]) => [name, count - (before[name] ?? 0)]));
}

async function assertRight({ range, database }: CachedReads, operation: RangeOperation): Promise<void> {
  const result = await range(operation);
  const state = database.stateAt(database.source.head.revision, operation.keys);
  const limited = operation.limit === 0 ? state : state.slice(0, operation.limit);
  assert.equal(result.revision, database.source.head.revision);
  assert.equal(result.count, state.length);
  if (!operation.countOnly) assert.deepEqual(bytesOf([result]), Buffer.concat(limited.map(([, bytes]) => bytes)));
}

for (const [what, operation] of [
  ['key', reading(keyAt(3))],
  ['key that is not there', reading('k/none')],
  ['list', list],
  ['page', reading('k/', 'k0', { limit: 7 })],
  ['count', reading('k/', 'k0', { countOnly: true })],
] as const) {
  test(`the third read of a ${what} is answered from the cache`, async (context) => {
    const under = filled(context, 50);
    const readStart = await askedAtThird(under, operation);
    assert.deepEqual(Object.values(readStart), [0]);
  });
}

test('a cached list includes commits of others that are first seen when the head is read', async (context) => {
  const under = filled(context, 50);
  await askedAtThird(under, list);
  const readStart = await askedBy(under.database, async () => {
    for (const change of [{ key: keyAt(7), value: 'new' }, { key: 'k/00007x', value: 'added' }, { key: keyAt(9) }]) {
      under.database.source.commit([change], { isSeen: false });
      await assertRight(under, list);
      await assertRight(under, reading(change.key));
      await assertRight(under, reading('k/', 'k0', { countOnly: true }));
    }
  });
  assert.equal(readStart.rangePages, 0);
});

test('a part of a cached list, and the current revision by number, are answered from the cache', async (context) => {
  const under = filled(context, 50);
  await askedAtThird(under, list);
  const { revision } = under.database.source.head;
  const readStart = await askedBy(under.database, async () => {
    await assertRight(under, reading(keyAt(10), keyAt(20)));
    await assertRight(under, reading(keyAt(10), keyAt(40), { limit: 5, revision }));
  });
  assert.deepEqual(readStart, { rangePages: 0 });
});

test('a past revision is read from the database', async (context) => {
  const under = filled(context, 50);
  await askedAtThird(under, list);
  const { revision } = under.database.source.head;
  const before = bytesOf([await under.range(list)]);
  under.database.source.commit([{ key: keyAt(1), value: 'new' }]);
  const readStart = await askedBy(under.database, async () => {
    assert.deepEqual(bytesOf([await under.range(reading('k/', 'k0', { revision }))]), before);
  });
  assert.deepEqual(readStart, { rangePages: 1 });
});

test('a reply keeps its bytes while the cache changes', async (context) => {
  const under = filled(context, 50);
  await askedAtThird(under, list);
  const answer = await under.range(list);
  const before = Buffer.from(bytesOf([answer]));
  for (let round = 0; round < 5; round += 1) {
    under.database.source.commit([{ key: keyAt(1), value: `new ${round}` }, { key: keyAt(40 + round) }]);
    await under.range(list);
  }
  assert.deepEqual(bytesOf([answer]), before);
});

test('a list of more than half the cache size is not cached, and its pages are not kept', async (context) => {
  const under = filled(context, 50, { bytesMax: 100_000, valueBytes: 1_500 });
  under.database.pageRowsMax = 5;
  for (let round = 0; round < 5; round += 1) await assertRight(under, list);
  assert.ok(under.cache.bytes < 100_000);
  const entryBytes = under.cache.bytes;
  await assertRight(under, list);
  assert.equal(under.cache.bytes, entryBytes);
  await askedAtThird(under, reading(keyAt(1)));
  assert.ok(under.cache.bytes < 100_000);
});

test('a key that was read once is not cached', async (context) => {
  const under = filled(context, 200);
  for (let index = 0; index < 200; index += 1) await assertRight(under, reading(keyAt(index)));
  assert.equal(under.cache.bytes, 0);
});

test('the least recently used entry is evicted first', async (context) => {
  const under = filled(context, 100, { bytesMax: 10_000, valueBytes: 500 });
  await askedAtThird(under, reading(keyAt(0)));
  for (let index = 1; index < 100; index += 1) {
    await askedAtThird(under, reading(keyAt(index)));
    assert.deepEqual(await askedBy(under.database, () => assertRight(under, reading(keyAt(0)))), { points: 0 });
  }
  assert.ok(under.cache.bytes <= 10_000);
  assert.deepEqual(await askedBy(under.database, () => assertRight(under, reading(keyAt(1)))), { points: 1 });
});

test('created and deleted keys leave nothing in the cache', async (context) => {
  const under = filled(context, 10);
  await askedAtThird(under, list);
  const entryBytes = under.cache.bytes;
  const added = Array.from({ length: 500 }, (_, index) => keyAt(100 + index));
  for (const key of added) under.database.source.commit([{ key, value: 'v'.repeat(200) }]);
  await assertRight(under, list);
  await assertRight(under, list);
  assert.ok(under.cache.bytes > entryBytes + 500 * 200);
  for (const key of added) under.database.source.commit([{ key }]);
  await assertRight(under, list);
  await assertRight(under, list);
  assert.ok(
    under.cache.bytes < entryBytes + 2 * cacheLimits.runOverheadBytes,
    `${entryBytes}, now ${under.cache.bytes}`,
  );
});

test('entries that are not read are evicted while much is written', async (context) => {
  const under = filled(context, 50);
  await askedAtThird(under, list);
  for (let round = 0; round < 50 && under.cache.bytes > 0; round += 1) {
    under.database.source.commit([{ key: `other/${round}`, value: 'v'.repeat(200_000) }]);
    for (let turns = 0; turns < 20; turns += 1) await nextTurn();
  }
  assert.equal(under.cache.bytes, 0);
  await assertRight(under, list);
});

test('a cached range that is written often and not read is dropped, and read ranges stay', async (context) => {
  const under = filled(context, 50);
  await askedAtThird(under, reading('k/', keyAt(10)));
  await askedAtThird(under, reading(keyAt(20), 'k0'));
  for (let round = 0; round < 60; round += 1) {
    under.database.source.commit([{ key: `k/00005-${round}`, value: 'v'.repeat(1_000) }]);
    await assertRight(under, reading(keyAt(20), 'k0'));
  }
  const readStart = await askedBy(under.database, () => assertRight(under, reading(keyAt(20), 'k0')));
  assert.deepEqual(readStart, { rangePages: 0 });
  assert.deepEqual(await askedBy(under.database, () => assertRight(under, reading('k/', keyAt(10)))), {
    rangePages: 1,
  });
});

test('a cache far behind the head is cleared instead of reading the missing events', async (context) => {
  const under = filled(context, 50);
  await askedAtThird(under, list);
  const { source } = under.database;
  for (let index = 0; index <= cacheLimits.idsBehindMax; index += 1) {
    source.commit([{ key: 'other', value: String(index) }], { isSeen: false });
  }
  const { readCount } = source;
  const readStart = await askedBy(under.database, () => assertRight(under, list));
  assert.deepEqual(readStart, { rangePages: 1 });
  assert.equal(source.readCount, readCount, 'no events were read');
});

test('a key read repeatedly before its events arrive is stored once and answered after they arrive', () => {
  const at = (id: number) => ({ id, revision: id, compactRevision: -1, authState: 2 });
  const cache = new ReadCache({ bytesMax, latestHead: () => at(9) });
  cache.connect({ begin: () => at(5), end: () => {} });
  const read = { key: keyText(Buffer.from('k')), withValue: true };
  const { bytes } = encodedBlock([
    { name: 'k', id: 9, modRevision: 9, createRevision: 9, version: 1, lease: null, value: null },
  ]);
  for (let round = 0; round < 4; round += 1) cache.offerKey(read, bytes, at(9));
  assert.equal(cache.bytes, 1 + bytes.length + cacheLimits.keyOverheadBytes);
  assert.equal(cache.hasKey(read), false);
  cache.apply([], at(5), at(9));
  assert.deepEqual(cache.key(read)?.blocks, [{ bytes: new Uint8Array(bytes), count: 1 }]);
});

test('a head that goes back or has another revision clears the cache', async (context) => {
  const under = filled(context, 50);
  await askedAtThird(under, list);
  const readStart = under.cache.startRead();
  const { head } = under.database.source;
  assert.equal(await under.cache.mayAnswer(readStart, head), true);
  assert.equal(await under.cache.mayAnswer(readStart, { ...head, id: head.id - 1 }), false);
  assert.equal(under.cache.bytes, 0);
  await askedAtThird(under, list);
  assert.equal(await under.cache.mayAnswer(under.cache.startRead(), { ...head, revision: head.revision - 1 }), false);
  assert.equal(under.cache.bytes, 0);
});

test('an outage of the database clears the cache, and no read is answered during it', async (context) => {
  const under = filled(context, 50);
  await askedAtThird(under, list);
  under.database.source.isAway = true;
  await assert.rejects(under.range(list), /the database is away/);
  await assert.rejects(under.range(reading(keyAt(3))), /the database is away/);
  assert.equal(under.cache.bytes, 0);
});

test('an idle instance sends the database no queries for its cache', async (context) => {
  const under = filled(context, 50);
  const { source, reads } = under.database;
  await askedAtThird(under, list);
  const { readCount } = source;
  const before = { ...reads };
  source.hint();
  await sleep(10 * source.pollMs.max);
  assert.equal(source.readCount, readCount);
  assert.deepEqual(reads, before);
});

for (const operation of [reading(keyAt(3)), list, reading('k/', 'k0', { limit: 3 })]) {
  test(`a client that does not read its replies gets none from the cache (${JSON.stringify(operation.keys)}, limit ${operation.limit})`, async (context) => {
    const under = filled(context, 50);
    await askedAtThird(under, operation);
    const client = new TestOrigin();
    client.isBackedUp = true;
    let isAnswered = false;
    const answer = under.range(operation, client.request()).then(() => {
      isAnswered = true;
    });
    await assertRight(under, operation);
    for (let turns = 0; turns < 20; turns += 1) await nextTurn();
    assert.equal(isAnswered, false);
    client.drain();
    await answer;
  });
}

test('a part of a list that came from the cache and was evicted meanwhile is not cached as empty', async (context) => {
  const under = filled(context, 200, { bytesMax: 5_000_000, valueBytes: 10_000 });
  const { source } = under.database;
  const others = ['x', 'y', 'z'].map((name) => reading(`${name}/`, `${name}0`));
  const value = 'v'.repeat(10_000);
  for (const name of ['x', 'y', 'z'])
    source.commit(Array.from({ length: 200 }, (_, index) => ({ key: `${name}/${index}`, value })));
  for (const each of [list, ...others]) await under.range(each);
  await askedAtThird(under, reading(keyAt(20), keyAt(180)));
  under.database.pageRowsMax = 20;
  let count = 0;
  const before = { ...under.database.reads };
  for await (const { blocks } of under.parts(list)) {
    for (const block of blocks) count += block.count;
    if (count !== 60) continue;
    assert.equal(under.database.reads.rangePages, (before.rangePages ?? 0) + 2, 'the third page comes from the cache');
    for (const each of others) await under.range(each);
  }
  assert.equal(count, 200);
  for (let index = 0; index < 200; index += 20) await assertRight(under, reading(keyAt(index), keyAt(index + 20)));
});

test('a cache of 0 bytes stores nothing', async (context) => {
  const under = filled(context, 50, { bytesMax: 0 });
  assert.deepEqual(await askedAtThird(under, list), { rangePages: 1 });
  assert.equal(under.cache.bytes, 0);
  assert.equal(under.cache.startRead(), undefined);
});

test('keys in a block are found, whatever bytes they have', () => {
  const keys = ['a', '', compactMarkName, `${'long'.repeat(100)}`, '\u0000\u0001\u007f\u00ff', 'e\u00e9'];
  const rows = keys.map((key, index) => ({
    name: keyText(Buffer.from(key, 'latin1')),
    id: index,
    modRevision: 2 ** (7 * index),
    createRevision: 1,
    version: index === 0 ? 1 : 2 ** (5 * index),
    lease: index % 2 === 0 ? null : '9223372036854775807',
    value: Buffer.alloc(index * 100),
  }));
  const { bytes } = encodedBlock(rows);
  const found = [...keyValuesOf(bytes)];
  assert.deepEqual(
    found.map(([name]) => name),
    rows.map(({ name }) => name),
  );
  assert.deepEqual(Buffer.concat(found.map(([, each]) => each)), Buffer.from(bytes));
  assert.deepEqual(
    found.map(([, each]) => isFirstVersion(each)),
    rows.map(({ version }) => version === 1),
  );
});
