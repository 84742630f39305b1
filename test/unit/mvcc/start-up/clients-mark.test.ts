import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientsMark } from '../../../../src/mvcc/start-up/take-over.ts';

const kept = (text: string) => {
  const { version, value } = clientsMark(Buffer.from(text));
  return [version, Buffer.from(value).toString()];
};

test("kine's value of the API server's mark is split into version and value", () => {
  assert.deepEqual(kept('1|7'), [1, '7']);
  assert.deepEqual(kept('12|a|b'), [12, 'a|b']);
});

test('a version that no key can have is counted along the older rows', () => {
  for (const text of ['0|7', '-1|7']) assert.deepEqual(kept(text), [null, '7']);
});

test('a value without a version is kept whole', () => {
  for (const text of ['7', '|7', 'x|7', '']) assert.deepEqual(kept(text), [null, text]);
});
