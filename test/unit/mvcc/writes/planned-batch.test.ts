import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PutOperation, TxnOperation, WriteOperation } from '../../../../src/mvcc/operations.ts';
import { type HeldLock, KnownState, type Learned } from '../../../../src/mvcc/writes/known-state.ts';
import { type PlannedBatch, planBatch } from '../../../../src/mvcc/writes/planned-batch.ts';
import type { Parameter } from '../../../../src/sql/statement.ts';

const options = { withEvents: true, leaseNowMs: () => 0, learns: true };
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

/** What a transaction learned that left the store at a row. */
function learned(id: number, names: Readonly<Record<string, number>>, hasValue = true): Learned {
  const head = { id, revision: id, compactRevision: -1, authState: 2, compactId: 0 };
  const newest = Object.entries(names).map(([name, at]) => {
    const keyValue = { name, id: at, modRevision: at, createRevision: at, version: 1, lease: null, value };
    return [name, { id: at, keyValue, hasValue }] as const;
  });
  return { head, alarms: [], newest: new Map(newest), leases: new Map() };
}

/** The known state after two writes of this instance: key `a` is at row 5 of 6. */
function knowing(): KnownState {
  const known = new KnownState();
  known.follow([put('a')], { found: undefined, left: 1 }, learned(5, { a: 5 }));
  known.follow([put('other')], { found: 1, left: 2 }, learned(6, { other: 6 }));
  return known;
}

const plan = (known: KnownState, ...operations: readonly WriteOperation[]) => planBatch(operations, options, known);

/** The rows that a plan puts into table `kine`. */
const rowsOf = (planned: PlannedBatch | undefined): readonly (readonly Parameter[])[] =>
  planned?.queries.find(({ statement }) => statement.name === 'insert_rows')?.list ?? [];

test('a write to a known key is planned on the state after the last write', () => {
  const planned = plan(knowing(), swap('a', 5));
  assert.equal(planned?.number, 2);
  assert.deepEqual(planned?.unusedNames, []);
  const [[id, name, created, deleted, createRevision, replaced] = []] = rowsOf(planned);
  assert.deepEqual([id, name, created, deleted, createRevision, replaced], [7, 'a', 0, 0, 5, 5]);
  assert.equal(planned?.result.head.id, 7);
  assert.deepEqual(planned?.result.events?.events.keys, ['a']);
});

test('a create of an unknown key is planned with a check that its name is unused', () => {
  const planned = plan(knowing(), swap('new'));
  assert.deepEqual(planned?.unusedNames, ['new']);
  const [[id, , created] = []] = rowsOf(planned);
  assert.deepEqual([id, created], [7, 1]);
});

test('a write that needs a read is not planned', () => {
  const known = knowing();
  const missing: Readonly<Record<string, WriteOperation>> = {
    'a put of a key that is not known': put('new'),
    'an update of one': swap('new', 3),
    'a lease that is not known': put('a', { lease: 7n }),
    'a compare that fails': swap('a', 4),
    'an interval': { kind: 'delete', keys: { start: put('a').key, end: undefined }, previous: false } as WriteOperation,
    'the lease clock': { kind: 'leaseGrant', id: 7n, ttlSeconds: 10 },
    'another table': { kind: 'leaseRevoke', id: 7n },
  };
  for (const [what, operation] of Object.entries(missing)) assert.equal(plan(known, operation), undefined, what);
});

test('a write is not planned if its events need a value that was not read', () => {
  const known = new KnownState();
  known.follow([put('a')], { found: undefined, left: 1 }, learned(5, { a: 5 }, false));
  known.follow([put('other')], { found: 1, left: 2 }, learned(6, {}));
  assert.equal(plan(known, put('a')), undefined);
  assert.notEqual(planBatch([put('a')], { ...options, withEvents: false }, known), undefined);
});

test("nothing is planned until the last two writes were this instance's own", () => {
  const known = new KnownState();
  assert.equal(plan(known, swap('new')), undefined);
  known.follow([put('a')], { found: 8, left: 9 }, learned(5, { a: 5 }));
  assert.equal(plan(known, put('a')), undefined, 'the first one');
  known.follow([put('a')], { found: 9, left: 10 }, learned(6, { a: 6 }));
  assert.notEqual(plan(known, put('a')), undefined);
  known.follow([put('b')], { found: 77, left: 11 }, learned(8, { b: 8 }));
  assert.equal(plan(known, put('b')), undefined, 'another instance wrote in between');
  known.follow([put('b')], { found: 11, left: 12 }, learned(9, { b: 9 }));
  assert.equal(plan(known, put('a')), undefined, 'what was known before is forgotten');
  assert.notEqual(plan(known, put('b')), undefined);
});

test('a lock whose number was not read does not count', () => {
  const known = new KnownState();
  const lock: HeldLock = { found: undefined, left: 1 };
  for (let id = 5; id < 8; id += 1) known.follow([put('a')], { ...lock, left: id }, learned(id, { a: id }));
  assert.equal(plan(known, put('a')), undefined);
});

test('a reply that arrives after a later one changes nothing', () => {
  const known = knowing();
  known.follow([put('a')], { found: 90, left: 91 }, learned(4, { a: 4 }));
  assert.equal(plan(known, swap('a', 5))?.number, 2);
});

test('deletes of rows or leases clear the known state', () => {
  const ending: readonly WriteOperation[] = [
    { kind: 'compactBite', nowMs: 0 },
    { kind: 'leaseRevoke', id: 7n },
    { kind: 'leaseExpire', id: 7n, dueBeforeMs: 0 },
  ];
  for (const operation of ending) {
    const known = knowing();
    known.follow([put('a'), operation], { found: 2, left: 3 }, learned(7, { a: 7 }));
    assert.equal(plan(known, put('a')), undefined, operation.kind);
  }
});

test('nothing is planned under a known alarm', () => {
  const known = knowing();
  const alarms = [{ memberId: 1n, number: 1 }];
  known.follow([put('a')], { found: 2, left: 3 }, { ...learned(7, { a: 7 }), alarms });
  assert.equal(plan(known, put('a')), undefined);
});

test('rows are remembered up to a number of bytes, newest first', () => {
  const known = knowing();
  const large = Buffer.alloc(100_000);
  for (let id = 7; id < 200; id += 1) {
    const { newest, ...rest } = learned(id, { [`large/${id}`]: id });
    const [[name, row] = []] = newest;
    const keyValue = row?.keyValue && { ...row.keyValue, value: large };
    known.follow(
      [put('a')],
      { found: id - 5, left: id - 4 },
      {
        ...rest,
        newest: new Map([[`${name}`, { id, keyValue, hasValue: true }]]),
      },
    );
  }
  assert.equal(plan(known, put('a')), undefined);
  assert.notEqual(plan(known, put('large/199')), undefined);
});
