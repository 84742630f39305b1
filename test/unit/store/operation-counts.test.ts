import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  newestRange,
  type PutOperation,
  type RangeOperation,
  type TxnOperation,
} from '../../../src/mvcc/operations.ts';
import type { TxnResult } from '../../../src/mvcc/results.ts';
import { keyText } from '../../../src/sql/key-text.ts';
import { OperationCounts } from '../../../src/store/operation-counts.ts';

const key = keyText(Buffer.from('key'));
const put: PutOperation = {
  kind: 'put',
  key,
  value: Buffer.from('value'),
  lease: 0n,
  previous: false,
  ignoreValue: false,
  ignoreLease: false,
};
const range: RangeOperation = {
  ...newestRange,
  keys: { one: key },
};
const putResult = { kind: 'put', revision: 2, previous: undefined } as const;
const rangeResult = { kind: 'range', revision: 2, blocks: [], more: false, count: 0 } as const;

test('a put is counted with the bytes of its key and value', () => {
  const counts = new OperationCounts();
  counts.done(put, putResult);
  assert.deepEqual([counts.puts, counts.putBytes, counts.txns], [1, 8, 0]);
});

test('a transaction counts the steps of the taken branch, including inner transactions', () => {
  const counts = new OperationCounts();
  const inner: TxnOperation = { kind: 'txn', compares: [], success: [put, range], failure: [put, put, put] };
  const txn: TxnOperation = { kind: 'txn', compares: [], success: [range, range, range, range], failure: [put, inner] };
  const innerResult: TxnResult = { kind: 'txn', revision: 2, succeeded: true, responses: [putResult, rangeResult] };
  counts.done(txn, { kind: 'txn', revision: 2, succeeded: false, responses: [putResult, innerResult] });
  assert.deepEqual([counts.puts, counts.ranges, counts.txns], [2, 1, 1]);
});

test('a transaction with one step is not counted as a transaction, as in etcd', () => {
  const counts = new OperationCounts();
  const txn: TxnOperation = { kind: 'txn', compares: [], success: [put], failure: [] };
  counts.done(txn, { kind: 'txn', revision: 2, succeeded: true, responses: [putResult] });
  assert.deepEqual([counts.puts, counts.txns], [1, 0]);
});

test('an expired lease is counted as revoked too, and a lease renewed meanwhile is not', () => {
  const counts = new OperationCounts();
  counts.done({ kind: 'leaseGrant', id: 1n, ttlSeconds: 60 }, { kind: 'leaseGrant', revision: 1 });
  counts.done({ kind: 'leaseExpire', id: 1n, dueBeforeMs: 0 }, { kind: 'leaseExpire', expired: false });
  counts.done({ kind: 'leaseExpire', id: 1n, dueBeforeMs: 0 }, { kind: 'leaseExpire', expired: true });
  counts.done({ kind: 'leaseRevoke', id: 2n }, { kind: 'leaseRevoke', revision: 1 });
  assert.deepEqual(counts.leases, { granted: 1, revoked: 2, renewed: 0, expired: 1 });
  assert.equal(counts.leaseTtls.sum, 60);
});
