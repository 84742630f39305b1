import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PutOperation, TxnOperation, WriteOperation } from '../../../../src/mvcc/operations.ts';
import { type PlannedBatch, planBatch } from '../../../../src/mvcc/writes/planned-batch.ts';
import { type FinalState, type HeldLock, StateCache } from '../../../../src/mvcc/writes/state-cache.ts';
import { endOfKeys } from '../../../../src/sql/key-text.ts';
import type { Parameter } from '../../../../src/sql/statement.ts';

const options = { withEvents: true, leaseNowMs: () => 0, withFinalState: true };
const value = Buffer.from('v');

const put = (key: string, more: Partial<PutOperation> = {}): PutOperation => ({
  kind: 'put',
  key: key as PutOperation['key'],
  value,
  lease: 0n,
  previous: false,
  ignoreValue: false,
  ignoreLease: false,
  ...more,
});

/** A Kubernetes API server's create, or its update of a revision. */
const swap = (key: string, revision = 0): TxnOperation => ({
  kind: 'txn',
  compares: [{ keys: { one: put(key).key }, target: 'mod', result: 'equal', number: revision }],
  success: [put(key)],
  failure: [],
});

/** The state at the end of a transaction whose last row has an id. */
function finalState(id: number, names: Readonly<Record<string, number>>, hasValue = true): FinalState {
  const head = { id, revision: id, compactRevision: -1, authState: 2, compactId: 0 };
  const newest = Object.entries(names).map(([name, at]) => {
    const keyValue = { name, id: at, modRevision: at, createRevision: at, version: 1, lease: null, value };
    return [name, { id: at, keyValue, hasValue }] as const;
  });
  return { head, alarms: [], newest: new Map(newest), leases: new Map() };
}

/** A cache after two writes of this instance: key `a` is at row 5 of 6. */
function filledCache(): StateCache {
  const cache = new StateCache();
  cache.update([put('a')], { found: undefined, left: 1 }, finalState(5, { a: 5 }));
  cache.update([put('other')], { found: 1, left: 2 }, finalState(6, { other: 6 }));
  return cache;
}

const plan = (cache: StateCache, ...operations: readonly WriteOperation[]) => planBatch(operations, options, cache);

/** The rows that a plan puts into table `kine`. */
const rowsOf = (planned: PlannedBatch | undefined): readonly (readonly Parameter[])[] =>
  planned?.queries.find(({ statement }) => statement.name === 'insert_rows')?.list ?? [];

test('a write to a cached key is planned on the state after the last write', () => {
  const planned = plan(filledCache(), swap('a', 5));
  assert.equal(planned?.number, 2);
  assert.deepEqual(planned?.unusedNames, []);
  const [[id, name, created, deleted, createRevision, replaced] = []] = rowsOf(planned);
  assert.deepEqual([id, name, created, deleted, createRevision, replaced], [7, 'a', 0, 0, 5, 5]);
  assert.equal(planned?.result.head.id, 7);
  assert.deepEqual(planned?.result.events?.events.keys, ['a']);
});

test('a create of a key that is not cached is planned with a check that its name is unused', () => {
  const planned = plan(filledCache(), swap('new'));
  assert.deepEqual(planned?.unusedNames, ['new']);
  const [[id, , created] = []] = rowsOf(planned);
  assert.deepEqual([id, created], [7, 1]);
});

test('a write that needs a read is not planned', () => {
  const cache = filledCache();
  const missing: Readonly<Record<string, WriteOperation>> = {
    'a put of a key that is not cached': put('new'),
    'an update of a key that is not cached': swap('new', 3),
    'a lease that is not cached': put('a', { lease: 7n }),
    'a compare that fails': swap('a', 4),
    'an interval': { kind: 'delete', keys: { start: put('a').key, end: endOfKeys }, previous: false } as WriteOperation,
    'the lease clock': { kind: 'leaseGrant', id: 7n, ttlSeconds: 10 },
    'another table': { kind: 'leaseRevoke', id: 7n },
  };
  for (const [what, operation] of Object.entries(missing)) assert.equal(plan(cache, operation), undefined, what);
});

test('a write is not planned if its events need a value that was not read', () => {
  const cache = new StateCache();
  cache.update([put('a')], { found: undefined, left: 1 }, finalState(5, { a: 5 }, false));
  cache.update([put('other')], { found: 1, left: 2 }, finalState(6, {}));
  assert.equal(plan(cache, put('a')), undefined);
  assert.notEqual(planBatch([put('a')], { ...options, withEvents: false }, cache), undefined);
});

test("nothing is planned until the last two writes were this instance's own", () => {
  const cache = new StateCache();
  assert.equal(plan(cache, swap('new')), undefined);
  cache.update([put('a')], { found: 8, left: 9 }, finalState(5, { a: 5 }));
  assert.equal(plan(cache, put('a')), undefined, 'the first one');
  cache.update([put('a')], { found: 9, left: 10 }, finalState(6, { a: 6 }));
  assert.notEqual(plan(cache, put('a')), undefined);
  cache.update([put('b')], { found: 77, left: 11 }, finalState(8, { b: 8 }));
  assert.equal(plan(cache, put('b')), undefined, 'another instance wrote in between');
  cache.update([put('b')], { found: 11, left: 12 }, finalState(9, { b: 9 }));
  assert.equal(plan(cache, put('a')), undefined, 'the cached rows before are dropped');
  assert.notEqual(plan(cache, put('b')), undefined);
});

test('a lock whose number was not read does not count', () => {
  const cache = new StateCache();
  const lock: HeldLock = { found: undefined, left: 1 };
  for (let id = 5; id < 8; id += 1) cache.update([put('a')], { ...lock, left: id }, finalState(id, { a: id }));
  assert.equal(plan(cache, put('a')), undefined);
});

test('a reply that arrives after a later one changes nothing', () => {
  const cache = filledCache();
  cache.update([put('a')], { found: 90, left: 91 }, finalState(4, { a: 4 }));
  assert.equal(plan(cache, swap('a', 5))?.number, 2);
});

test('deletes of rows or leases clear the cache', () => {
  const ending: readonly WriteOperation[] = [
    { kind: 'compactChunk', nowMs: 0, idsMax: 1 },
    { kind: 'leaseRevoke', id: 7n },
    { kind: 'leaseExpire', id: 7n, dueBeforeMs: 0 },
  ];
  for (const operation of ending) {
    const cache = filledCache();
    cache.update([put('a'), operation], { found: 2, left: 3 }, finalState(7, { a: 7 }));
    assert.equal(plan(cache, put('a')), undefined, operation.kind);
  }
});

test('nothing is planned while an alarm is active', () => {
  const cache = filledCache();
  const alarms = [{ memberId: 1n, number: 1 }];
  cache.update([put('a')], { found: 2, left: 3 }, { ...finalState(7, { a: 7 }), alarms });
  assert.equal(plan(cache, put('a')), undefined);
});

test('rows are cached up to a number of bytes, newest first', () => {
  const cache = filledCache();
  const large = Buffer.alloc(100_000);
  for (let id = 7; id < 200; id += 1) {
    const { newest, ...rest } = finalState(id, { [`large/${id}`]: id });
    const [[name, row] = []] = newest;
    const keyValue = row?.keyValue && { ...row.keyValue, value: large };
    cache.update(
      [put('a')],
      { found: id - 5, left: id - 4 },
      {
        ...rest,
        newest: new Map([[`${name}`, { id, keyValue, hasValue: true }]]),
      },
    );
  }
  assert.equal(plan(cache, put('a')), undefined);
  assert.notEqual(plan(cache, put('large/199')), undefined);
});
