import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EtcdError, type EtcdErrorName, etcdErrors } from '../../../../src/errors.ts';
import { isReadOnlyTxn } from '../../../../src/mvcc/writes/read-only-txn.ts';
import { parseRange, parseRangeStream } from '../../../../src/server/parsing/parse-range.ts';
import { parseTxn } from '../../../../src/server/parsing/parse-txn.ts';
import { parseDelete, parsePut } from '../../../../src/server/parsing/parse-write.ts';
import { endOfKeys } from '../../../../src/sql/key-text.ts';
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

test('a range is one key, an interval, or all keys from a start key', () => {
  const keys = (rangeEnd: string) => parseRange(range({ key: bytes('a'), rangeEnd: bytes(rangeEnd) })).keys;
  assert.deepEqual(keys(''), { one: 'a' });
  assert.deepEqual(keys('b'), { start: 'a', end: 'b' });
  assert.deepEqual(keys('\0'), { start: 'a', end: endOfKeys });
});

test('ascending key order needs no sort, and other orders do', () => {
  const sort = (sortOrder: number, sortTarget: number, fields: Partial<RangeRequest> = {}) =>
    parseRange(range({ key: bytes('a'), sortOrder, sortTarget, ...fields })).sort;
  assert.equal(sort(0, 0), undefined);
  assert.equal(sort(1, 0), undefined);
  assert.deepEqual(sort(2, 0), { target: 'key', descending: true, withinLimit: false });
  assert.deepEqual(sort(1, 4), { target: 'value', descending: false, withinLimit: false });
  assert.deepEqual(sort(0, 3), { target: 'mod', descending: false, withinLimit: true });
  assert.deepEqual(sort(0, 3, { minModRevision: 1 }), { target: 'mod', descending: false, withinLimit: false });
});

test("errors of a range are reported in etcd's order", () => {
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

test('a put copies its value, and its errors are reported', () => {
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

test("operations are counted per path, and a level's operations reduce what nested levels may have", () => {
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

test('an operation without a type, and errors in nested operations, are refused', () => {
  const parse = (request: TxnRequest) => parseTxn(request, { operationsMax: 128 });
  fails(() => parse(txn({ success: [{ request: undefined }] })), 'keyNotFound');
  fails(() => parse(txn({ failure: [ops.txn([ops.put('')])] })), 'emptyKey');
  fails(() => parse(txn({ compare: [compare({})], success: [{ request: undefined }] })), 'emptyKey');
});

test('compares of every target are parsed, and unknown ones as in etcd', () => {
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
  'a delete and a put of one key': [ops.remove('a'), ops.put('a')],
  'a put before a delete of a range with its key': [ops.put('b'), ops.remove('a', 'c')],
  'a nested put and an outer put of one key': [ops.txn([ops.put('a')]), ops.put('a')],
  'puts of one key in two nested transactions': [ops.txn([ops.put('a')]), ops.txn([], [ops.put('a')])],
  'a nested put and an outer delete of a range with its key': [
    ops.txn([], [ops.txn([ops.put('b')])]),
    ops.remove('a', 'c'),
  ],
  'an outer put and a nested delete of a range with its key': [ops.txn([ops.remove('a', 'c')]), ops.put('b')],
  'deletes of adjacent ranges and a put in one of them': [ops.remove('a', 'c'), ops.remove('c', 'e'), ops.put('d')],
};

for (const [name, success] of Object.entries(overlaps)) {
  test(`a transaction is refused: ${name}`, () => {
    fails(() => parseTxn(txn({ success: [...success] }), { operationsMax: 128 }), 'duplicateKey');
    fails(() => parseTxn(txn({ failure: [...success] }), { operationsMax: 128 }), 'duplicateKey');
  });
}

const fine: Readonly<Record<string, readonly RequestOp[]>> = {
  'puts of one key in two branches': [ops.txn([ops.put('a')], [ops.put('a')])],
  'overlapping deletes': [ops.remove('a', 'c'), ops.remove('b', 'd'), ops.remove('b')],
  'a put after the deleted range': [ops.remove('a', 'c'), ops.put('c')],
  'a put before the deleted range': [ops.remove('b', 'd'), ops.put('a')],
  'a delete of an empty range': [ops.remove('c', 'a'), ops.put('b')],
  'a delete of all keys from a start key, which etcd treats as an empty range here': [
    ops.remove('a', '\0'),
    ops.put('b'),
  ],
  'reads of a key that is put': [ops.range('a'), ops.put('a'), ops.range('a')],
  'a nested delete after a nested put': [ops.txn([ops.put('b')]), ops.txn([ops.remove('a', 'c')])],
};

for (const [name, success] of Object.entries(fine)) {
  test(`a transaction is accepted: ${name}`, () => {
    assert.ok(parseTxn(txn({ success: [...success] }), { operationsMax: 128 }));
  });
}

test('a transaction of ranges is read-only, and one with a nested transaction is a write', () => {
  const parse = (success: RequestOp[]) => parseTxn(txn({ success }), { operationsMax: 128 });
  assert.equal(isReadOnlyTxn(parse([ops.range('a')])), true);
  assert.equal(isReadOnlyTxn(parse([])), true);
  assert.equal(isReadOnlyTxn(parse([ops.put('a')])), false);
  assert.equal(isReadOnlyTxn(parse([ops.txn([ops.range('a')])])), false);
});
