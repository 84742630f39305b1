import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PutOperation, RangeOperation, TxnOperation } from '../../../src/mvcc/operations.ts';
import { keyText } from '../../../src/sql/key-text.ts';
import { describeOperation } from '../../../src/store/describe-operation.ts';

const name = (key: string) => keyText(Buffer.from(key, 'latin1'));
const put: PutOperation = {
  kind: 'put',
  key: name('/registry/secrets/a'),
  value: Buffer.from('s3cret'),
  lease: 7n,
  previous: false,
  ignoreValue: false,
  ignoreLease: false,
};
const range: RangeOperation = {
  kind: 'range',
  keys: { start: name('/registry/pods/'), end: name('/registry/pods0') },
  revision: 5,
  limit: 500,
  sort: undefined,
  keysOnly: true,
  countOnly: false,
  revisionFilter: undefined,
};

test('a put is shown with its key, its lease and the size of its value, without the value', () => {
  assert.equal(describeOperation(put), 'put:<key:"/registry/secrets/a" value_size:6 lease:7>');
});

test('a range is shown with its ends, limit and revision', () => {
  assert.equal(
    describeOperation(range),
    'range:<key:"/registry/pods/" range_end:"/registry/pods0" limit:500 revision:5 keys_only:true>',
  );
});

test('a transaction is shown with its compares without operands and the steps of both branches', () => {
  const txn: TxnOperation = {
    kind: 'txn',
    compares: [{ keys: { one: name('k') }, result: 'equal', target: 'value', value: Buffer.from('s3cret') }],
    success: [put],
    failure: [{ kind: 'delete', keys: { one: name('k') }, previous: false }],
  };
  const text = describeOperation(txn);
  assert.doesNotMatch(text, /s3cret/);
  assert.equal(
    text,
    'txn:<compare:<target:value result:equal key:"k"> success:<put:<key:"/registry/secrets/a" value_size:6 lease:7>> failure:<delete_range:<key:"k">>>',
  );
});

test('long keys and texts are shortened, and bytes that are not text are escaped', () => {
  const long = describeOperation({ ...put, key: name('x'.repeat(5_000)) });
  assert.ok(long.length < 200, `${long.length} characters`);
  assert.match(long, /x\.\.\. \(4880 more characters\)" value_size/);
  const txn: TxnOperation = { kind: 'txn', compares: [], success: Array.from({ length: 128 }, () => put), failure: [] };
  assert.ok(describeOperation(txn).length < 700);
  assert.match(describeOperation({ ...put, key: name('a\n\u0000"b') }), /key:"a\\n\\u0000\\"b"/);
});
