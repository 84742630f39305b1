import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationText } from '../../../src/kit/amount-text.ts';
import { shortened } from '../../../src/kit/shortened.ts';
import { withoutTrailing } from '../../../src/kit/without-trailing.ts';

test('a duration has at most three digits after the point', () => {
  assert.deepEqual([12.3456, 0.0004, 1500].map(durationText), ['12.346ms', '0ms', '1500ms']);
});

test('a long text is cut, and the number of its other characters is shown', () => {
  assert.equal(shortened('abcdef', 6), 'abcdef');
  assert.equal(shortened('abcdef', 4), 'abcd... (2 more characters)');
});

test('the characters at the end of a text are removed, and only these', () => {
  assert.deepEqual(
    ['/a//', 'a', '', '//'].map((text) => withoutTrailing('/', text)),
    ['/a', 'a', '', ''],
  );
  // A million of them take no quadratic time.
  assert.equal(withoutTrailing('/', `a${'/'.repeat(1_000_000)}`), 'a');
});
