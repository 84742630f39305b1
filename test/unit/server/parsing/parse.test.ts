import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EtcdError, type EtcdErrorName, etcdErrors } from '../../../../src/errors.ts';
import { isReadOnlyTxn } from '../../../../src/mvcc/read-only-txn.ts';
import { parseRange, parseRangeStream } from '../../../../src/server/parsing/parse-range.ts';
import { parseTxn } from '../../../../src/server/parsing/parse-txn.ts';
import { parseDelete, parsePut } from '../../../../src/server/parsing/parse-write.ts';
import {
  Compare,
  DeleteRangeRequest,
  PutRequest,
  RangeRequest,
  type RequestOp,
  TxnRequest,
} from '../../../../src/wire/generated/etcdserverpb/kv.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const range = (fields: Partial<RangeRequest>): RangeRequest => ({ ...RangeRequest.create(), ...fields });
const put = (fields: Partial<PutRequest>): PutRequest => ({ ...PutRequest.create(), ...fields });
const remove = (fields: Partial<DeleteRangeRequest>): DeleteRangeRequest => ({
  ...DeleteRangeRequest.create(),
  ...fields,
});
const txn = (fields: Partial<TxnRequest>): TxnRequest => ({ ...TxnRequest.create(), ...fields });
const compare = (fields: Partial<Compare>): Compare => ({ ...Compare.create(), ...fields });

const ops = {
  put: (key: string): RequestOp => ({ request: { case: 'requestPut', value: put({ key: bytes(key) }) } }),
  remove: (key: string, end = ''): RequestOp => ({
    request: { case: 'requestDeleteRange', value: remove({ key: bytes(key), rangeEnd: bytes(end) }) },
  }),
  range: (key: string): RequestOp => ({ request: { case: 'requestRange', value: range({ key: bytes(key) }) } }),
  txn: (success: RequestOp[], failure: RequestOp[] = []): RequestOp => ({
    request: { case: 'requestTxn', value: txn({ success, failure }) },
  }),
};

function fails(run: () => unknown, name: EtcdErrorName): void {
  const [code, message] = etcdErrors[name];
  assert.throws(run, (error) => error instanceof EtcdError && error.code === code && error.message === message);
}

test('a range is one key, an interval, or everything from a key on', () => {
  const keys = (rangeEnd: string) => parseRange(range({ key: bytes('a'), rangeEnd: bytes(rangeEnd) })).keys;
  assert.deepEqual(keys(''), { one: 'a' });
  assert.deepEqual(keys('b'), { start: 'a', end: 'b' });
  assert.deepEqual(keys('\0'), { start: 'a', end: undefined });
});

test('ascending keys need no sort, other orders do', () => {
  const sort = (sortOrder: number, sortTarget: number, fields: Partial<RangeRequest> = {}) =>
    parseRange(range({ key: bytes('a'), sortOrder, sortTarget, ...fields })).sort;
  assert.equal(sort(0, 0), undefined);
  assert.equal(sort(1, 0), undefined);
  assert.deepEqual(sort(2, 0), { target: 'key', descending: true, withinLimit: false });
  assert.deepEqual(sort(1, 4), { target: 'value', descending: false, withinLimit: false });
  assert.deepEqual(sort(0, 3), { target: 'mod', descending: false, withinLimit: true });
  assert.deepEqual(sort(0, 3, { minModRevision: 1 }), { target: 'mod', descending: false, withinLimit: false });
});

test("a range's mistakes are told in etcd's order", () => {
  fails(() => parseRange(range({ sortOrder: 9 })), 'emptyKey');
  fails(() => parseRange(range({ key: bytes('a'), sortOrder: 3 })), 'invalidSortOption');
  fails(() => parseRange(range({ key: bytes('a'), sortOrder: -1 })), 'invalidSortOption');
  fails(() => parseRange(range({ key: bytes('a'), sortTarget: 5 })), 'invalidSortOption');
  assert.throws(
    () => parseRangeStream(range({ key: bytes('a'), sortOrder: 2 })),
    /RangeStream does not support custom sort orders/,
  );
  assert.throws(
    () => parseRangeStream(range({ key: bytes('a'), maxModRevision: 2 })),
    /RangeStream does not support revision filters/,
  );
  const unordered = range({ key: bytes('a'), sortTarget: 2 });
  assert.deepEqual(parseRangeStream(unordered), parseRange(unordered));
});

test('a put owns its value, and its mistakes are told', () => {
  const request = put({ key: bytes('a'), value: bytes('v') });
  const { value } = parsePut(request);
  request.value.fill(0);
  assert.equal(Buffer.from(value).toString(), 'v');
  assert.equal(value.buffer.byteLength, 1);
  fails(() => parsePut(put({})), 'emptyKey');
  fails(() => parsePut(put({ key: bytes('a'), value: bytes('v'), ignoreValue: true })), 'valueProvided');
  fails(() => parsePut(put({ key: bytes('a'), lease: 1n, ignoreLease: true })), 'leaseProvided');
  fails(() => parseDelete(remove({})), 'emptyKey');
});

test('operations are counted by level, and what a level uses is not left for those within', () => {
  const parse = (request: TxnRequest) => parseTxn(request, { operationsMax: 3 });
  const three = [ops.range('a'), ops.range('b'), ops.range('c')];
  assert.equal(parse(txn({ success: three, failure: three })).success.length, 3);
  fails(() => parse(txn({ success: [...three, ops.range('d')] })), 'tooManyOperations');
  fails(
    () => parse(txn({ compare: Array.from({ length: 4 }, () => compare({ key: bytes('a') })) })),
    'tooManyOperations',
  );
  assert.ok(parse(txn({ success: [ops.txn([ops.range('a'), ops.range('b')])] })));
  fails(() => parse(txn({ success: [ops.txn(three)] })), 'tooManyOperations');
});

test('an operation that is none, and mistakes within operations', () => {
  const parse = (request: TxnRequest) => parseTxn(request, { operationsMax: 128 });
  fails(() => parse(txn({ success: [{ request: undefined }] })), 'keyNotFound');
  fails(() => parse(txn({ failure: [ops.txn([ops.put('')])] })), 'emptyKey');
  fails(() => parse(txn({ compare: [compare({})], success: [{ request: undefined }] })), 'emptyKey');
});

test('compares of every target, and of what etcd does not know', () => {
  const one = (fields: Partial<Compare>) =>
    parseTxn(txn({ compare: [compare({ key: bytes('k'), ...fields })] }), { operationsMax: 128 }).compares[0];
  const keys = { one: 'k' };
  assert.deepEqual(one({ target: 2, targetUnion: { case: 'modRevision', value: 7 } }), {
    keys,
    result: 'equal',
    target: 'mod',
    number: 7,
  });
  assert.deepEqual(one({ result: 3, target: 1 }), { keys, result: 'notEqual', target: 'create', number: 0 });
  assert.deepEqual(one({ result: 1, target: 0, targetUnion: { case: 'modRevision', value: 7 } }), {
    keys,
    result: 'greater',
    target: 'version',
    number: 0,
  });
  assert.deepEqual(one({ result: 2, target: 4, targetUnion: { case: 'lease', value: -1n } }), {
    keys,
    result: 'less',
    target: 'lease',
    lease: -1n,
  });
  assert.deepEqual(one({ target: 3, targetUnion: { case: 'value', value: bytes('v') } }), {
    keys,
    result: 'equal',
    target: 'value',
    value: new Uint8Array([0x76]),
  });
  const always = { keys, result: 'greater', target: 'version', number: -1 };
  assert.deepEqual(one({ result: 9 }), always);
  assert.deepEqual(one({ target: 9 }), always);
  assert.deepEqual(one({ target: 9, result: 1 }), { keys, result: 'less', target: 'version', number: 0 });
  assert.deepEqual(one({ target: 3, result: 9 }), { keys, result: 'greater', target: 'version', number: 0 });
});

const overlaps: Readonly<Record<string, readonly RequestOp[]>> = {
  'a key put twice': [ops.put('a'), ops.put('a')],
  'a put of a deleted key': [ops.remove('a'), ops.put('a')],
  'a put in a deleted range, before it': [ops.put('b'), ops.remove('a', 'c')],
  'a put within and one outside': [ops.txn([ops.put('a')]), ops.put('a')],
  'puts within two transactions': [ops.txn([ops.put('a')]), ops.txn([], [ops.put('a')])],
  'a put within a deleted range outside': [ops.txn([], [ops.txn([ops.put('b')])]), ops.remove('a', 'c')],
  'a put outside of a range deleted within': [ops.txn([ops.remove('a', 'c')]), ops.put('b')],
  'ranges deleted that touch': [ops.remove('a', 'c'), ops.remove('c', 'e'), ops.put('d')],
};

for (const [name, success] of Object.entries(overlaps)) {
  test(`refused: ${name}`, () => {
    fails(() => parseTxn(txn({ success: [...success] }), { operationsMax: 128 }), 'duplicateKey');
    fails(() => parseTxn(txn({ failure: [...success] }), { operationsMax: 128 }), 'duplicateKey');
  });
}

const fine: Readonly<Record<string, readonly RequestOp[]>> = {
  'the two branches put one key': [ops.txn([ops.put('a')], [ops.put('a')])],
  'deletes overlap': [ops.remove('a', 'c'), ops.remove('b', 'd'), ops.remove('b')],
  'a put after the range': [ops.remove('a', 'c'), ops.put('c')],
  'a put before the range': [ops.remove('b', 'd'), ops.put('a')],
  'a range that is empty': [ops.remove('c', 'a'), ops.put('b')],
  'everything from a key on, which etcd takes for empty here': [ops.remove('a', '\0'), ops.put('b')],
  'reads of what is written': [ops.range('a'), ops.put('a'), ops.range('a')],
  'a delete within a later transaction than the put within': [ops.txn([ops.put('b')]), ops.txn([ops.remove('a', 'c')])],
};

for (const [name, success] of Object.entries(fine)) {
  test(`accepted: ${name}`, () => {
    assert.ok(parseTxn(txn({ success: [...success] }), { operationsMax: 128 }));
  });
}

test('a transaction of ranges only reads, one with a transaction within is a write', () => {
  const parse = (success: RequestOp[]) => parseTxn(txn({ success }), { operationsMax: 128 });
  assert.equal(isReadOnlyTxn(parse([ops.range('a')])), true);
  assert.equal(isReadOnlyTxn(parse([])), true);
  assert.equal(isReadOnlyTxn(parse([ops.put('a')])), false);
  assert.equal(isReadOnlyTxn(parse([ops.txn([ops.range('a')])])), false);
});
