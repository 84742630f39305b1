import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  newestRange,
  type RangeOperation,
  type TxnStep,
  type WriteOperation,
} from '../../../../src/mvcc/operations.ts';
import { keyText } from '../../../../src/sql/key-text.ts';
import { operationBytes } from '../../../../src/store/writes/operation-bytes.ts';

const size = 100_000;
const large = keyText(Buffer.alloc(size, 'k'));
const small = keyText(Buffer.from('k'));

const value = { previous: false, lease: 0n, ignoreValue: false, ignoreLease: false } as const;
const putLarge: TxnStep = { kind: 'put', key: small, value: new Uint8Array(size), ...value };
const range: RangeOperation = {
  ...newestRange,
  keys: { start: small, end: large },
};
const nothing = { compares: [], success: [], failure: [] } as const;

const operations: Readonly<Record<string, WriteOperation>> = {
  'the key of a put': { kind: 'put', key: large, value: new Uint8Array(0), ...value },
  'the value of a put': putLarge,
  'the end of a deletion': { kind: 'delete', keys: { start: small, end: large }, previous: false },
  'the key of a compare': {
    kind: 'txn',
    ...nothing,
    compares: [{ keys: { one: large }, result: 'equal', target: 'mod', number: 0 }],
  },
  'the value of a compare': {
    kind: 'txn',
    ...nothing,
    compares: [{ keys: { one: small }, result: 'equal', target: 'value', value: new Uint8Array(size) }],
  },
  'a step of the first branch': { kind: 'txn', ...nothing, success: [range] },
  'a step of the second branch': { kind: 'txn', ...nothing, failure: [putLarge] },
  'a step of a nested transaction': {
    kind: 'txn',
    ...nothing,
    success: [{ kind: 'txn', ...nothing, success: [putLarge] }],
  },
  'the name of a role': { kind: 'auth', change: { kind: 'addRole', role: 'r'.repeat(size) } },
  'the key of a permission': {
    kind: 'auth',
    change: { kind: 'revokePermission', role: 'r', key: new Uint8Array(size), rangeEnd: new Uint8Array(0) },
  },
};

for (const [what, operation] of Object.entries(operations)) {
  test(`the memory of a write includes ${what}`, () => {
    const bytes = operationBytes(operation);
    assert.ok(bytes > size && bytes < size + 2_000, `${bytes} bytes`);
  });
}
